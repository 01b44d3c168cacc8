import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { intersect, intersects, subtract, union } from './boolean.ts';
import { bytesFromBase64, bytesToBase64 } from './base64.ts';
import { arbitraryGrid, gridOf, maskOf, randomGrid } from './testing/grid.ts';
import { decodeTile, encodeTile, tileFromBase64, tileToBase64 } from './tile-codec.ts';
import {
  clearRun,
  cloneMask,
  createMask,
  fillRun,
  forEachRun,
  isMaskEmpty,
  maskArea,
  maskBox,
  maskEquals,
} from './tile-mask.ts';

const SIZES = [
  [1, 1],
  [255, 256],
  [256, 255],
  [257, 257],
  [1000, 3],
  [3, 1000],
  [512, 256],
] as const;

describe('tile masks', () => {
  it('gives back by runs what was put in by runs', () => {
    fc.assert(
      fc.property(arbitraryGrid, (grid) => {
        const mask = maskOf(grid);
        expect(gridOf(mask).pixels).toEqual(grid.pixels);
        const copy = createMask(grid.widthPx, grid.heightPx);
        let lastPlace = -1;
        let isOrderly = true;
        forEachRun(mask, (y, x0, x1) => {
          // Runs are in order and never touch: the next one starts at least one pixel after this one's end.
          isOrderly &&= x0 < x1 && x1 <= grid.widthPx && y * (grid.widthPx + 1) + x0 > lastPlace;
          lastPlace = y * (grid.widthPx + 1) + x1;
          fillRun(copy, y, x0, x1);
        });
        expect(isOrderly).toBe(true);
        expect(maskEquals(mask, copy)).toBe(true);
      }),
      { numRuns: 60 },
    );
  });

  it('measures area and box as a loop over the pixels does', () => {
    fc.assert(
      fc.property(arbitraryGrid, (grid) => {
        const mask = maskOf(grid);
        const set = [...grid.pixels.keys()].filter((i) => grid.pixels[i] === 1);
        expect(maskArea(mask)).toBe(set.length);
        expect(isMaskEmpty(mask)).toBe(set.length === 0);
        const xs = set.map((i) => i % grid.widthPx);
        const ys = set.map((i) => Math.floor(i / grid.widthPx));
        const low = (values: number[]): number => values.reduce((a, b) => Math.min(a, b), Infinity);
        const high = (values: number[]): number => values.reduce((a, b) => Math.max(a, b), -1);
        expect(maskBox(mask)).toEqual(
          set.length === 0
            ? [0, 0, 0, 0]
            : [low(xs), low(ys), high(xs) - low(xs) + 1, high(ys) - low(ys) + 1],
        );
      }),
      { numRuns: 60 },
    );
  });

  it.each(SIZES)('keeps a full %i × %i image inside its border', (widthPx, heightPx) => {
    const mask = createMask(widthPx, heightPx);
    for (let y = -2; y < heightPx + 300; y++) fillRun(mask, y, -5, widthPx + 500);
    expect(maskArea(mask)).toBe(widthPx * heightPx);
    expect(maskBox(mask)).toEqual([0, 0, widthPx, heightPx]);
    let runs = 0;
    forEachRun(mask, () => runs++);
    expect(runs).toBe(heightPx);
    for (let y = 0; y < heightPx; y++) clearRun(mask, y, -5, widthPx + 5);
    expect(isMaskEmpty(mask)).toBe(true);
    expect(maskEquals(mask, createMask(widthPx, heightPx))).toBe(true);
    expect(cloneMask(mask).tiles.size).toBe(0);
  });

  it('refuses sides that are not whole and positive', () => {
    for (const side of [0, -1, 1.5, NaN, Infinity]) expect(() => createMask(side, 4)).toThrow(RangeError);
  });
});

describe('set operations', () => {
  it('agree with a loop over the pixels', () => {
    fc.assert(
      fc.property(arbitraryGrid, fc.integer(), (grid, seed) => {
        const other = randomGrid(grid.widthPx, grid.heightPx, seed);
        const [a, b] = [maskOf(grid), maskOf(other)];
        const each = (rule: (p: number, q: number) => number): number[] =>
          [...grid.pixels].map((p, i) => rule(p, other.pixels[i]!));
        expect([...gridOf(union(a, b)).pixels]).toEqual(each((p, q) => p | q));
        expect([...gridOf(subtract(a, b)).pixels]).toEqual(each((p, q) => p & (1 - q)));
        expect([...gridOf(intersect(a, b)).pixels]).toEqual(each((p, q) => p & q));
        expect(intersects(a, b)).toBe(each((p, q) => p & q).includes(1));
        expect(gridOf(a).pixels).toEqual(grid.pixels);
      }),
      { numRuns: 40 },
    );
  });

  it('refuse masks of different sizes', () => {
    expect(() => union(createMask(4, 5), createMask(5, 4))).toThrow(RangeError);
  });
});

describe('tile codec', () => {
  const tiles = fc.record({ seed: fc.integer() }).map(({ seed }) => {
    const mask = maskOf(randomGrid(256, 256, seed));
    return mask.tiles.get(0) ?? new Uint32Array(2048);
  });

  it('gives every tile back', () => {
    fc.assert(
      fc.property(tiles, (words) => {
        expect(decodeTile(encodeTile(words))).toEqual(words);
        expect(tileFromBase64(tileToBase64(words))).toEqual(words);
      }),
      { numRuns: 60 },
    );
  });

  it('knows the extremes', () => {
    expect([...encodeTile(new Uint32Array(2048))]).toEqual([0x80, 0x80, 0x04]);
    expect([...encodeTile(new Uint32Array(2048).fill(0xffffffff))]).toEqual([0, 0x80, 0x80, 0x04]);
    const alternating = new Uint32Array(2048).fill(0x55555555);
    expect(encodeTile(alternating).length).toBe(65537);
    expect(decodeTile(encodeTile(alternating))).toEqual(alternating);
  });

  it.each([
    ['nothing at all', []],
    ['an end in mid-number', [0x80, 0x80]],
    ['too few pixels', [5, 5]],
    ['too many pixels', [0, 0x81, 0x80, 0x04]],
    ['a number in more bytes than it needs', [0x85, 0x00, 0xfb, 0xff, 0x03]],
    ['a zero in more bytes than it needs', [0x80, 0x00, 0x80, 0x80, 0x04]],
    ['an empty run in the middle', [5, 0, 0xfb, 0xff, 0x03]],
    ['bytes after the end', [0x80, 0x80, 0x04, 0]],
    ['a number without end', [0xff, 0xff, 0xff, 0xff, 0xff, 0x01]],
  ])('refuses %s', (_name, bytes) => {
    expect(() => decodeTile(Uint8Array.from(bytes))).toThrow(
      expect.objectContaining({ code: 'project/damaged' }) as Error,
    );
  });

  it('has one encoding only: whatever decodes encodes to the same bytes', () => {
    fc.assert(
      fc.property(tiles, fc.nat(), fc.integer({ min: 0, max: 255 }), (words, at, byte) => {
        const bytes = encodeTile(words);
        bytes[at % bytes.length] = byte;
        let decoded: Uint32Array;
        try {
          decoded = decodeTile(bytes);
        } catch {
          return;
        }
        expect(encodeTile(decoded)).toEqual(bytes);
      }),
    );
  });
});

describe('base64', () => {
  it('agrees with Node', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        const text = bytesToBase64(bytes);
        expect(text).toBe(Buffer.from(bytes).toString('base64'));
        expect(bytesFromBase64(text)).toEqual(bytes);
      }),
    );
  });

  it.each(['A', 'AAA', 'A===', '====', 'AA A', 'AAÄA', 'AA-_', '=AAA'])('refuses %j', (text) => {
    expect(() => bytesFromBase64(text)).toThrow(
      expect.objectContaining({ code: 'request/invalid' }) as Error,
    );
  });
});
