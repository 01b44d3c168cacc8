// Values of pycocotools; see scripts/interop/make_coco_golden.py.

import { describe, expect, it } from 'vitest';
import { maskFromCocoPolygon } from './coco-polygon.ts';
import { compressCounts, decompressCounts } from './coco-rle-text.ts';
import { cocoCounts, maskFromCocoCounts } from './coco-rle.ts';
import golden from './golden/coco-rle.json' with { type: 'json' };
import { createMask, fillRun, maskArea, maskBox, maskEquals, type TileMask } from './tile-mask.ts';

function maskFromRowRuns(widthPx: number, heightPx: number, runs: readonly number[]): TileMask {
  const mask = createMask(widthPx, heightPx);
  let place = 0;
  runs.forEach((length, i) => {
    for (let end = place + length; place < end;) {
      const y = Math.floor(place / widthPx);
      const stop = Math.min(end, (y + 1) * widthPx);
      if (i % 2 === 1) fillRun(mask, y, place - y * widthPx, stop - y * widthPx);
      place = stop;
    }
  });
  return mask;
}

describe('masks as pycocotools encodes them', () => {
  it.each(golden.masks.map((entry, i) => [i, entry] as const))('mask %i', (_i, entry) => {
    const mask = maskFromRowRuns(entry.width, entry.height, entry.runs);
    expect(maskArea(mask)).toBe(entry.area);
    if (entry.area > 0) expect(maskBox(mask)).toEqual(entry.box);
    expect(compressCounts(cocoCounts(mask))).toBe(entry.counts);
    const counts = decompressCounts(entry.counts).counts!;
    expect(maskEquals(maskFromCocoCounts(counts, entry.width, entry.height), mask)).toBe(true);
  });
});

describe('polygons as pycocotools fills them', () => {
  it('agree on every random polygon', () => {
    const wrong = golden.polygons.flatMap((entry, i) => {
      const mask = maskFromCocoPolygon(entry.rings, entry.width, entry.height);
      return compressCounts(cocoCounts(mask)) === entry.counts ? [] : [i];
    });
    expect(wrong).toEqual([]);
  });
});
