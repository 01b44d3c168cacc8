import fc from 'fast-check';
import { expect, test } from 'vitest';
import { storedFromUpright, swapsSides, uprightFromStored } from './orient.ts';
import { createMask, fillRun, getPixel, maskArea, type TileMask } from './tile-mask.ts';

/** Where the upright pixel comes from, by the EXIF standard's table. */
function storedPlace(orientation: number, x: number, y: number, storedWidth: number, storedHeight: number) {
  const [right, bottom] = [storedWidth - 1, storedHeight - 1];
  const places = [
    [x, y],
    [right - x, y],
    [right - x, bottom - y],
    [x, bottom - y],
    [y, x],
    [y, bottom - x],
    [right - y, bottom - x],
    [right - y, x],
  ];
  return places[orientation - 1] ?? [0, 0];
}

const maskArbitrary = fc
  .record({ widthPx: fc.integer({ min: 1, max: 300 }), heightPx: fc.integer({ min: 1, max: 280 }) })
  .chain(({ widthPx, heightPx }) =>
    fc
      .array(fc.tuple(fc.nat(heightPx - 1), fc.nat(widthPx - 1), fc.nat(widthPx)), { maxLength: 12 })
      .map((runs): TileMask => {
        const mask = createMask(widthPx, heightPx);
        for (const [y, x, length] of runs) fillRun(mask, y, x, Math.min(widthPx, x + length));
        return mask;
      }),
  );

test.each([1, 2, 3, 4, 5, 6, 7, 8])(
  'orientation %i moves every pixel where EXIF says, and back',
  (orientation) => {
    fc.assert(
      fc.property(maskArbitrary, (upright) => {
        const stored = storedFromUpright(upright, orientation);
        const isSwapped = swapsSides(orientation);
        expect([stored.widthPx, stored.heightPx]).toEqual(
          isSwapped ? [upright.heightPx, upright.widthPx] : [upright.widthPx, upright.heightPx],
        );
        expect(maskArea(stored)).toBe(maskArea(upright));
        for (let step = 0; step < 40; step++) {
          const x = (step * 37) % upright.widthPx;
          const y = (step * 53) % upright.heightPx;
          const [storedX, storedY] = storedPlace(orientation, x, y, stored.widthPx, stored.heightPx);
          expect(getPixel(stored, storedX ?? 0, storedY ?? 0)).toBe(getPixel(upright, x, y));
        }
        const back = uprightFromStored(stored, orientation);
        expect([...back.tiles].sort()).toEqual([...upright.tiles].sort());
      }),
      { numRuns: 30 },
    );
  },
);
