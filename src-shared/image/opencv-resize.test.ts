import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { modelInputSize, resizeLikeOpenCv, type ByteImage, type SizePx } from './opencv-resize.ts';

const sidePx = fc.integer({ min: 1, max: 24 });
const imageArbitrary = fc
  .record({ widthPx: sidePx, heightPx: sidePx, channels: fc.constantFrom(1, 3, 4) })
  .chain((size) =>
    fc
      .uint8Array({
        minLength: size.widthPx * size.heightPx * size.channels,
        maxLength: size.widthPx * size.heightPx * size.channels,
      })
      .map((data): ByteImage => ({ ...size, data })),
  );

describe('modelInputSize', () => {
  it('follows the shorter side until the longer one meets its limit', () => {
    const rule = { shortSidePx: 448, longSideMaxPx: 2048 };
    expect(modelInputSize(640, 427, rule)).toEqual({ widthPx: 671, heightPx: 448 });
    expect(modelInputSize(640, 121, rule)).toEqual({ widthPx: 2048, heightPx: 387 });
    expect(modelInputSize(30_000, 1, rule)).toEqual({ widthPx: 2048, heightPx: 1 });
  });
});

describe('resizeLikeOpenCv', () => {
  it('equals the rule written out pixel by pixel', () => {
    fc.assert(
      fc.property(imageArbitrary, sidePx, sidePx, (image, widthPx, heightPx) => {
        const resized = resizeLikeOpenCv(image, { widthPx, heightPx });
        expect([...resized.data]).toEqual(resizeByTheBook(image, { widthPx, heightPx }));
      }),
    );
  });

  it('keeps an image of the same size', () => {
    fc.assert(
      fc.property(imageArbitrary, (image) => {
        expect([...resizeLikeOpenCv(image, image).data]).toEqual([...image.data]);
      }),
    );
  });

  it('refuses data that does not fit the size', () => {
    const image = { widthPx: 2, heightPx: 2, channels: 3, data: new Uint8Array(5) };
    expect(() => resizeLikeOpenCv(image, { widthPx: 1, heightPx: 1 })).toThrow(RangeError);
  });
});

/** The rule without tables and caches. */
function resizeByTheBook(image: ByteImage, size: SizePx): number[] {
  const at = (x: number, y: number, channel: number): number =>
    image.data[(y * image.widthPx + x) * image.channels + channel]!;
  const clampTo = (value: number, last: number): number => Math.min(Math.max(value, 0), last);
  const out: number[] = [];
  for (let y = 0; y < size.heightPx; y++) {
    const rowTap = tapOf(y, image.heightPx, size.heightPx);
    for (let x = 0; x < size.widthPx; x++) {
      const tap = tapOf(x, image.widthPx, size.widthPx);
      const isOutside = tap.start < 0 || tap.start >= image.widthPx - 1;
      const left = clampTo(tap.start, image.widthPx - 1);
      const [w0, w1] = isOutside ? [2048, 0] : [tap.w0, tap.w1];
      const right = isOutside ? left : left + 1;
      for (let channel = 0; channel < image.channels; channel++) {
        const along = (row: number): number => {
          const clamped = clampTo(row, image.heightPx - 1);
          return w0 * at(left, clamped, channel) + w1 * at(right, clamped, channel);
        };
        const upper = (rowTap.w0 * (along(rowTap.start) >> 4)) >> 16;
        const lower = (rowTap.w1 * (along(rowTap.start + 1) >> 4)) >> 16;
        out.push((upper + lower + 2) >> 2);
      }
    }
  }
  return out;
}

function tapOf(
  index: number,
  sourceLength: number,
  targetLength: number,
): { start: number; w0: number; w1: number } {
  const position = Math.fround((index + 0.5) * (sourceLength / targetLength) - 0.5);
  const start = Math.floor(position);
  const fraction = Math.fround(position - start);
  const halfEven = (value: number): number => {
    const rounded = Math.round(value);
    return Math.abs(value - Math.trunc(value)) === 0.5 && rounded % 2 !== 0 ? rounded - 1 : rounded;
  };
  return { start, w0: halfEven(Math.fround(1 - fraction) * 2048), w1: halfEven(fraction * 2048) };
}
