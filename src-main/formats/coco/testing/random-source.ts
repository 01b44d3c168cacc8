// For tests and checks: a small project that is the same for the same seed, with everything exports get wrong:
// holes, several parts, one-pixel masks, whole images, names with blanks and Unicode, images without annotations.

import { createMask, fillRun, maskArea, type TileMask } from '#shared/mask/tile-mask.ts';
import { forEachCapsuleRun } from '#shared/mask/capsule.ts';
import { subtract } from '#shared/mask/boolean.ts';
import type { CocoHead, CocoSourceAnnotation, CocoSourceImage } from '../coco-source.ts';

export const SAMPLE_HEAD: CocoHead = {
  info: { description: 'a test', version: '1.0' },
  categories: [
    { id: 1, name: 'sky', supercategory: '' },
    { id: 2, name: 'Baum "alt"', supercategory: 'plant' },
    { id: 3, name: '猫 🐈', supercategory: 'animal' },
  ],
};

const NAMES = [
  'a/1.jpg',
  'b/1.jpg',
  'ein Bild #1 50%.png',
  'cafe\u0301.jpg',
  'café.jpg',
  '猫/🐈 ".tif',
  'bee.v2.jpg',
];
const SIZES = [
  [1, 1],
  [640, 480],
  [257, 255],
  [300, 1],
  [1, 300],
  [480, 640],
  [513, 300],
] as const;

function numbers(seed: number): () => number {
  let state = (seed * 2654435761 + 1) >>> 0;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 4294967296;
  };
}

/** A few swept discs with a hole; sometimes a single pixel or the whole image. */
export function randomMask(random: () => number, widthPx: number, heightPx: number): TileMask {
  const mask = createMask(widthPx, heightPx);
  const kind = random();
  if (kind < 0.08) {
    for (let y = 0; y < heightPx; y++) fillRun(mask, y, 0, widthPx);
    return mask;
  }
  if (kind < 0.16) {
    const x = Math.floor(random() * widthPx);
    fillRun(mask, Math.floor(random() * heightPx), x, x + 1);
    return mask;
  }
  const point = () => ({ x: random() * widthPx, y: random() * heightPx });
  const hole = createMask(widthPx, heightPx);
  for (let i = 0; i < 1 + random() * 3; i++) {
    const [from, to] = [point(), point()];
    const radius = 2 + random() * 40;
    forEachCapsuleRun(from, to, radius, widthPx, heightPx, (y, a, b) => fillRun(mask, y, a, b));
    forEachCapsuleRun(from, from, radius / 2, widthPx, heightPx, (y, a, b) => fillRun(hole, y, a, b));
  }
  const result = subtract(mask, hole);
  return maskArea(result) > 0 ? result : mask;
}

export function randomSource(seed: number, imageCount = NAMES.length): CocoSourceImage[] {
  const random = numbers(seed);
  let nextId = 1;
  return Array.from({ length: imageCount }, (_, i): CocoSourceImage => {
    const [widthPx, heightPx] = SIZES[i % SIZES.length]!;
    const count = i % 5 === 4 ? 0 : 1 + Math.floor(random() * 4);
    const annotations = Array.from({ length: count }, (_, j): CocoSourceAnnotation => {
      const mask = randomMask(random, widthPx, heightPx);
      return {
        id: nextId++,
        categoryId: 1 + Math.floor(random() * 3),
        mask,
        isCrowd: false,
        source: j % 2 === 0 ? 'human' : 'model',
        score: j % 2 === 0 ? null : Math.round(random() * 1000) / 1000,
      };
    }).filter((annotation) => maskArea(annotation.mask) > 0);
    const suffix = i < NAMES.length ? '' : `-${i}`;
    return {
      id: i + 1,
      fileName: `${NAMES[i % NAMES.length]!}${suffix}`,
      widthPx,
      heightPx,
      reviewState: count === 0 ? 'done-empty' : 'done',
      annotations,
    };
  });
}
