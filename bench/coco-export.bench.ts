// COCO's compressed RLE of 20 000 regions: ours from tiles against pycocotools' C encoder from arrays, on the same
// masks. The shapes are blobs with holes and small parts on images of 640 × 480 (as COCO's) and 12 megapixels.

import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { subtract, union } from '#shared/mask/boolean.ts';
import { compressCounts } from '#shared/mask/coco-rle-text.ts';
import { cocoCounts } from '#shared/mask/coco-rle.ts';
import { forEachPolygonRun } from '#shared/mask/polygon.ts';
import { seededRandom } from '#shared/mask/testing/grid.ts';
import { createMask, fillRun, forEachRun, maskArea, type TileMask } from '#shared/mask/tile-mask.ts';
import { findPython } from '../scripts/interop/python.ts';
import { reportFigure } from './report-figure.ts';

const REGIONS = 20_000;
const BAR = 1;

interface Workload {
  name: string;
  widthPx: number;
  heightPx: number;
  /** Different masks; each is encoded REGIONS / shapes times. */
  shapes: number;
}

const WORKLOADS: Workload[] = [
  {
    name: 'COCO export of 20 000 regions (0.3 MP) over pycocotools',
    widthPx: 640,
    heightPx: 480,
    shapes: 1000,
  },
  {
    name: 'COCO export of 20 000 regions (12 MP) over pycocotools',
    widthPx: 4000,
    heightPx: 3000,
    shapes: 50,
  },
];

/** A star-shaped outline with a wavy edge; `size` is the mean radius as a part of the image's shorter side. */
function blob(random: () => number, workload: Workload, size: number): TileMask {
  const { widthPx, heightPx } = workload;
  const mask = createMask(widthPx, heightPx);
  const radius = size * Math.min(widthPx, heightPx);
  const centre = { x: random() * widthPx, y: random() * heightPx };
  const waves = Array.from({ length: 6 }, (_, i) => ({ phase: random() * 7, height: random() / (i + 2) }));
  const points = Array.from({ length: 240 }, (_, i) => {
    const angle = (i / 240) * 2 * Math.PI;
    const factor = waves.reduce((sum, w, k) => sum + w.height * Math.sin(angle * (2 * k + 1) + w.phase), 1);
    return {
      x: centre.x + Math.cos(angle) * radius * factor,
      y: centre.y + Math.sin(angle) * radius * factor,
    };
  });
  forEachPolygonRun(points, widthPx, heightPx, (y, x0, x1) => fillRun(mask, y, x0, x1));
  return mask;
}

function region(random: () => number, workload: Workload): TileMask {
  for (;;) {
    // Many small objects and a few large ones, as in real sets.
    let mask = blob(random, workload, 0.02 + 0.4 * random() ** 3);
    if (random() < 0.4) mask = subtract(mask, blob(random, workload, 0.02 + 0.05 * random()));
    if (random() < 0.3) mask = union(mask, blob(random, workload, 0.01 + 0.04 * random()));
    if (maskArea(mask) > 0) return mask;
  }
}

function ourSeconds(masks: readonly TileMask[], repeats: number): number {
  const started = performance.now();
  for (let i = 0; i < repeats; i++) for (const mask of masks) compressCounts(cocoCounts(mask));
  return (performance.now() - started) / 1000;
}

function theirs(
  command: string,
  masks: readonly TileMask[],
  repeats: number,
): { seconds: number; counts: string[] } {
  const shapes = masks.map((mask) => {
    const runs: number[] = [];
    forEachRun(mask, (y, x0, x1) => runs.push(y, x0, x1));
    return { height: mask.heightPx, width: mask.widthPx, runs };
  });
  const result = spawnSync(command, [join(import.meta.dirname, 'coco-encode.py')], {
    input: JSON.stringify({ shapes, repeats }),
    encoding: 'utf8',
    maxBuffer: 1 << 28,
  });
  if (result.status !== 0) throw new Error(result.stderr);
  return JSON.parse(result.stdout) as { seconds: number; counts: string[] };
}

const python = findPython(['numpy', 'pycocotools.mask']);
for (const workload of WORKLOADS) {
  const random = seededRandom(17);
  const masks = Array.from({ length: workload.shapes }, () => region(random, workload));
  const repeats = REGIONS / workload.shapes;
  ourSeconds(masks, 1);
  const oursSeconds = Math.min(ourSeconds(masks, repeats), ourSeconds(masks, repeats));
  if ('missing' in python) {
    console.error(`not run: ${workload.name}: ${python.missing} (ours alone: ${oursSeconds.toFixed(2)} s)`);
    continue;
  }
  // pycocotools walks every pixel of the image: fewer repeats are enough for its clock.
  const theirRepeats = Math.max(1, Math.round(repeats / 10));
  const { seconds, counts } = theirs(python.command, masks, theirRepeats);
  if (masks.some((mask, i) => compressCounts(cocoCounts(mask)) !== counts[i])) {
    throw new Error('the two encoders do not agree');
  }
  const theirSeconds = (seconds / theirRepeats) * repeats;
  reportFigure({
    name: workload.name,
    value: theirSeconds / oursSeconds,
    unit: '×',
    bar: BAR,
    better: 'higher',
    details: {
      regions: REGIONS,
      oursSeconds,
      theirSeconds,
      meanAreaPx: masks.reduce((s, m) => s + maskArea(m), 0) / masks.length,
    },
  });
}
