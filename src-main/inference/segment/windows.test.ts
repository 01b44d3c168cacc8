import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { planWindows } from './windows.ts';

const side = fc.integer({ min: 1, max: 700 });

describe('planWindows', () => {
  it('covers every pixel with windows of whole patches', () => {
    fc.assert(
      fc.property(
        side,
        side,
        fc.constantFrom(224, 448),
        fc.constantFrom(112, 224),
        fc.constantFrom(14, 16, 32),
        (w, h, crop, stride, patch) => {
          const windows = planWindows(w, h, crop, stride, patch);
          const covered = { x: new Uint8Array(w), y: new Uint8Array(h) };
          for (const window of windows) {
            covered.x.fill(1, window.x0, window.x1);
            covered.y.fill(1, window.y0, window.y1);
            expect(window.x1 - window.x0).toBe(Math.min(crop, w));
            expect(window.x1 - window.x0 + window.padLeft + window.padRight).toBe(window.gridColumns * patch);
            expect(window.y1 - window.y0 + window.padTop + window.padBottom).toBe(window.gridRows * patch);
            expect(window.padRight - window.padLeft).toBeOneOf([0, 1]);
          }
          expect(covered.x.every((flag) => flag === 1) && covered.y.every((flag) => flag === 1)).toBe(true);
        },
      ),
    );
  });

  it('takes the whole picture as one window and cuts the rest', () => {
    expect(planWindows(448, 597, 0, 224, 16)).toMatchObject([
      { x0: 0, y0: 0, x1: 448, y1: 597, padBottom: 0, gridRows: 37, gridColumns: 28 },
    ]);
  });

  it('pads a whole picture that is thinner than one patch', () => {
    expect(planWindows(448, 9, 0, 224, 16)).toMatchObject([
      { y1: 9, padTop: 3, padBottom: 4, padLeft: 0, gridRows: 1, gridColumns: 28 },
    ]);
  });

  it('refuses a stride of zero', () => {
    expect(() => planWindows(448, 448, 224, 0, 16)).toThrow(RangeError);
  });
});
