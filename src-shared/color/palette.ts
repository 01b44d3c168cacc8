// Colours of classes. The first seven are Okabe and Ito's set for all eyes (without black); the rest are chosen one
// by one as the candidate that lies farthest from all before it for usual, protan and deutan eyes at once.

import { COLOR_VISIONS, linearFromHex, oklabDistance, seenColor, type Oklab } from './color-vision.ts';

export const PALETTE_SIZE = 256;

/** Okabe and Ito, "Color Universal Design" (2008), ordered so that neighbours in a short list differ most. */
const FIRST_COLORS = ['#0072b2', '#e69f00', '#009e73', '#d55e00', '#cc79a7', '#56b4e9', '#f0e442'];

/** Byte steps of the candidate grid; ends are left out because near-black and near-white vanish in photos. */
const CANDIDATE_BYTES = [16, 48, 80, 112, 144, 176, 208, 240];

interface Candidate {
  hex: string;
  views: Oklab[];
  /** Smallest distance to a colour chosen so far, over the kinds of eyes. */
  nearest: number;
}

let cachedPalette: readonly string[] | null = null;

/** The whole palette: 256 distinct `#rrggbb`, always the same. */
export function classPalette(): readonly string[] {
  cachedPalette ??= buildPalette();
  return cachedPalette;
}

/** The first palette colour that is not in use; starts over when all are. */
export function nextClassColor(colorsInUse: Iterable<string>): string {
  const used = [...colorsInUse].map((color) => color.toLowerCase());
  const isUsed = new Set(used);
  const palette = classPalette();
  return palette.find((color) => !isUsed.has(color)) ?? palette[used.length % palette.length] ?? '#0072b2';
}

function buildPalette(): string[] {
  const palette = [...FIRST_COLORS];
  const candidates = candidateColors().filter((candidate) => !palette.includes(candidate.hex));
  for (const color of palette) markChosen(candidates, viewsOf(color));
  while (palette.length < PALETTE_SIZE) {
    const best = candidates.reduce((left, right) => (right.nearest > left.nearest ? right : left));
    palette.push(best.hex);
    markChosen(candidates, best.views);
  }
  return palette;
}

function candidateColors(): Candidate[] {
  const candidates: Candidate[] = [];
  for (const red of CANDIDATE_BYTES)
    for (const green of CANDIDATE_BYTES)
      for (const blue of CANDIDATE_BYTES) {
        const hex = `#${[red, green, blue].map((byte) => byte.toString(16).padStart(2, '0')).join('')}`;
        const views = viewsOf(hex);
        const lightness = views[0]?.[0] ?? 0;
        if (lightness > 0.32 && lightness < 0.93) candidates.push({ hex, views, nearest: Infinity });
      }
  return candidates;
}

function viewsOf(hex: string): Oklab[] {
  const linear = linearFromHex(hex);
  return COLOR_VISIONS.map((vision) => seenColor(linear, vision));
}

/** Usual eyes count a quarter on top of the worst case, so that colours differ in hue too and not in lightness alone. */
function markChosen(candidates: Candidate[], chosen: readonly Oklab[]): void {
  for (const candidate of candidates) {
    let distance = 0;
    let least = Infinity;
    candidate.views.forEach((view, index) => {
      const other = chosen[index];
      if (other === undefined) return;
      const seen = oklabDistance(view, other);
      distance += index === 0 ? seen : 0;
      least = Math.min(least, seen);
    });
    candidate.nearest = Math.min(candidate.nearest, 0.25 * distance + 0.75 * least);
  }
}
