import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { maskFromCocoPolygon } from './coco-polygon.ts';
import { compressCounts, decompressCounts } from './coco-rle-text.ts';
import { cocoCounts, countsProblem, maskFromCocoCounts } from './coco-rle.ts';
import { bridgedRings } from './contours.ts';
import { arbitraryGrid, gridOf, maskOf, maskOfText, type Grid } from './testing/grid.ts';
import { createMask, maskEquals } from './tile-mask.ts';

function slowCounts({ widthPx, heightPx, pixels }: Grid): number[] {
  const counts: number[] = [];
  let value = 0;
  let length = 0;
  for (let x = 0; x < widthPx; x++) {
    for (let y = 0; y < heightPx; y++) {
      const pixel = pixels[y * widthPx + x]!;
      if (pixel !== value) {
        counts.push(length);
        length = 0;
        value = pixel;
      }
      length++;
    }
  }
  return [...counts, length];
}

describe('column-major counts', () => {
  it('are those of a loop over the columns, and give the mask back', () => {
    fc.assert(
      fc.property(arbitraryGrid, (grid) => {
        const mask = maskOf(grid);
        const counts = cocoCounts(mask);
        expect([...counts]).toEqual(slowCounts(grid));
        expect(countsProblem(counts, grid.widthPx, grid.heightPx)).toBeNull();
        expect(maskEquals(maskFromCocoCounts(counts, grid.widthPx, grid.heightPx), mask)).toBe(true);
        expect(decompressCounts(compressCounts(counts)).counts).toEqual([...counts]);
      }),
      { numRuns: 80 },
    );
  });

  it('follow the examples of the format', () => {
    expect(compressCounts(cocoCounts(createMask(4, 4)))).toBe('`0');
    expect([...cocoCounts(maskOfText('#...', '....', '....', '....'))]).toEqual([0, 1, 15]);
    expect(compressCounts([0, 1, 15])).toBe('01?');
  });

  it('read runs of length 0, which other writers make', () => {
    const mask = maskFromCocoCounts([0, 0, 2, 0, 1, 3, 0], 2, 3);
    expect([...gridOf(mask).pixels]).toEqual([0, 1, 0, 1, 0, 1]);
  });

  it.each([
    [[3, 2], 'add up to 5 of 6'],
    [[3, 4], 'add up to 7 of 6'],
    [[7, -1], 'negative'],
    [[1.5, 4.5], 'whole number'],
    [[NaN, 6], 'whole number'],
    [[], 'add up to 0 of 6'],
  ])('refuse %j', (counts, reason) => {
    expect(countsProblem(counts, 2, 3)).toContain(reason);
    expect(() => maskFromCocoCounts(counts, 2, 3)).toThrow(RangeError);
  });
});

describe('compressed counts', () => {
  it('give every number back, also those beyond 31 bits', () => {
    const count = fc.oneof(fc.nat(40), fc.integer({ min: 0, max: 0xffffffff }));
    fc.assert(
      fc.property(fc.array(count, { maxLength: 30 }), (counts) => {
        expect(decompressCounts(compressCounts(counts))).toEqual({ counts, problem: null });
      }),
    );
  });

  it.each([
    ['5 ', 'character 2'],
    ['"', 'character 1'],
    ['5p', 'character 2'],
    ['5é', 'character 2'],
    ['5P', 'ends in the middle of run 2'],
    ['O', 'run 1 is negative (-1)'],
    ['111O', null],
    ['1111O', null],
    ['111K', 'run 4 is negative'],
    ['oooooooo0', 'run 1 is too large'],
  ])('%j: %s', (text, reason) => {
    const { problem } = decompressCounts(text);
    if (reason === null) expect(problem).toBeNull();
    else expect(problem).toContain(reason);
  });

  it('never throws, whatever the text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const result = decompressCounts(text);
        expect(result.counts === null).toBe(result.problem !== null);
      }),
    );
  });
});

describe('polygons on pixel edges', () => {
  it('are exact under the rule of pycocotools, holes and parts included', () => {
    fc.assert(
      fc.property(arbitraryGrid, (grid) => {
        const mask = maskOf(grid);
        const rings = bridgedRings(mask).map((ring) => ring.flatMap(({ x, y }) => [x, y]));
        const merged = rings.length > 200 ? null : maskFromCocoPolygon(rings, grid.widthPx, grid.heightPx);
        if (merged) expect(maskEquals(merged, mask)).toBe(true);
      }),
      { numRuns: 80 },
    );
  });

  it('do not depend on how far a polygon reaches out of the image', () => {
    const huge = maskFromCocoPolygon([[-3e8, -3e8, 3e8, -3e8, 3e8, 3e8, -3e8, 3e8]], 70, 50);
    expect([...cocoCounts(huge)]).toEqual([0, 3500]);
  });
});
