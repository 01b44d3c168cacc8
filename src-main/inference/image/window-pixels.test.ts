import { describe, expect, it } from 'vitest';
import { planWindows } from '../segment/windows.ts';
import { planWindowBatches } from './window-batches.ts';
import { inputSizeOf, writeWindowPixels } from './window-pixels.ts';

const PATCH = 4;

function picture(widthPx: number, heightPx: number) {
  const rgb = Uint8Array.from({ length: widthPx * heightPx * 3 }, (_, i) => (i * 37) % 256);
  return { widthPx, heightPx, rgb };
}

/** The same, pixel by pixel, from the definition. */
function expectedValue(image: ReturnType<typeof picture>, channel: number, x: number, y: number): number {
  const mean = [122.771, 116.746, 104.094][channel]!;
  const deviation = [68.501, 66.632, 70.323][channel]!;
  return Math.fround((image.rgb[(y * image.widthPx + x) * 3 + channel]! - mean) / deviation);
}

describe('window pixels', () => {
  it.each([
    ['padded', 30, 7, 12, 8],
    ['whole picture, cut to patches', 30, 23, 0, 0],
    ['fitting', 24, 16, 8, 8],
  ])('%s', (_, width, height, crop, stride) => {
    const image = picture(width, height);
    for (const window of planWindows(width, height, crop, stride, PATCH)) {
      const { widthPx, heightPx } = inputSizeOf(window, PATCH);
      const out = new Float32Array(3 * widthPx * heightPx);
      writeWindowPixels(image, window, PATCH, out);
      for (let index = 0; index < out.length; index++) {
        const channel = Math.floor(index / (widthPx * heightPx));
        const x = (index % widthPx) - window.padLeft + window.x0;
        const y = (Math.floor(index / widthPx) % heightPx) - window.padTop + window.y0;
        const isInside = x >= window.x0 && x < window.x1 && y >= window.y0 && y < window.y1;
        expect(out[index]).toBe(isInside ? expectedValue(image, channel, x, y) : 0);
      }
    }
  });
});

describe('window batches', () => {
  it('keep the order, mix no grids and respect the limit', () => {
    const windows = planWindows(100, 40, 16, 8, PATCH);
    const other = planWindows(20, 20, 20, 20, PATCH);
    const batches = planWindowBatches([...windows, ...other, ...windows], 64);
    expect(batches.flat()).toEqual([...windows, ...other, ...windows]);
    for (const batch of batches) {
      expect(new Set(batch.map(({ gridRows, gridColumns }) => `${gridRows}x${gridColumns}`)).size).toBe(1);
      expect(batch.length * batch[0]!.gridRows * batch[0]!.gridColumns).toBeLessThanOrEqual(64);
    }
    expect(planWindowBatches(windows, 1).every((batch) => batch.length === 1)).toBe(true);
  });
});
