import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { arbitraryGrid, gridOf, maskOf } from '../mask/testing/grid.ts';
import { maskEquals } from '../mask/tile-mask.ts';
import {
  inverseOrientation,
  orientationOf,
  orientedSize,
  orientMask,
  storedFromUpright,
  storedMask,
  uprightFromStored,
  type Orientation,
} from './orientation.ts';

const ORIENTATIONS: Orientation[] = [1, 2, 3, 4, 5, 6, 7, 8];

/** EXIF's own table: where the 0th row and the 0th column of the stored image lie on the upright one. */
const EXIF_TABLE: Record<Orientation, [row: string, column: string]> = {
  1: ['top', 'left'],
  2: ['top', 'right'],
  3: ['bottom', 'right'],
  4: ['bottom', 'left'],
  5: ['left', 'top'],
  6: ['right', 'top'],
  7: ['right', 'bottom'],
  8: ['left', 'bottom'],
};

describe('orientation', () => {
  it.each(ORIENTATIONS)('%i puts row 0 and column 0 where EXIF says', (orientation) => {
    const stored = { widthPx: 30, heightPx: 20 };
    const upright = orientedSize(stored, orientation);
    const sideOf = (a: { x: number; y: number }, b: { x: number; y: number }): string => {
      if (a.x === b.x) return a.x === 0 ? 'left' : a.x === upright.widthPx ? 'right' : 'inside';
      return a.y === 0 ? 'top' : a.y === upright.heightPx ? 'bottom' : 'inside';
    };
    const corner = (x: number, y: number) => uprightFromStored({ x, y }, stored, orientation);
    expect([sideOf(corner(0, 0), corner(30, 0)), sideOf(corner(0, 0), corner(0, 20))]).toEqual(
      EXIF_TABLE[orientation],
    );
  });

  it.each(ORIENTATIONS)('%i moves masks pixel by pixel as it moves points, and back', (orientation) => {
    fc.assert(
      fc.property(arbitraryGrid, (grid) => {
        const mask = maskOf(grid);
        const turned = orientMask(mask, orientation);
        const size = orientedSize(grid, orientation);
        expect([turned.widthPx, turned.heightPx]).toEqual([size.widthPx, size.heightPx]);
        const pixels = new Uint8Array(grid.pixels.length);
        grid.pixels.forEach((value, i) => {
          const centre = { x: (i % grid.widthPx) + 0.5, y: Math.floor(i / grid.widthPx) + 0.5 };
          const { x, y } = uprightFromStored(centre, grid, orientation);
          pixels[Math.floor(y) * size.widthPx + Math.floor(x)] = value;
        });
        expect(gridOf(turned).pixels).toEqual(pixels);
        expect(maskEquals(storedMask(turned, orientation), mask)).toBe(true);
      }),
      { numRuns: 25 },
    );
  });

  it.each(ORIENTATIONS)('%i: points there and back', (orientation) => {
    const stored = { widthPx: 30, heightPx: 20 };
    const upright = orientedSize(stored, orientation);
    const there = uprightFromStored({ x: 3.25, y: 7.5 }, stored, orientation);
    expect(storedFromUpright(there, upright, orientation)).toEqual({ x: 3.25, y: 7.5 });
    expect(inverseOrientation(inverseOrientation(orientation))).toBe(orientation);
  });

  it('takes a wrong value for 1', () => {
    expect([0, 9, 2.5, NaN, -1, 6].map(orientationOf)).toEqual([1, 1, 1, 1, 1, 6]);
  });
});
