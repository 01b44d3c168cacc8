// Cuts a window out of the resized picture and brings it into the form the image tower wants: planar, normalised
// with ClearCLIP's constants, zero-padded.

import type { WindowFeatures } from '#main/workers/messages.ts';

/** CLIP's mean and deviation × 255 as the authors round them (methods 1.3), R, G, B. */
const MEAN = [122.771, 116.746, 104.094] as const;
const DEVIATION = [68.501, 66.632, 70.323] as const;

export interface RgbPicture {
  readonly widthPx: number;
  readonly heightPx: number;
  /** 8-bit, row-major, three bytes a pixel. */
  readonly rgb: Uint8Array;
}

/** Size of the tower's input for a window, pixels: whole patches only. */
export function inputSizeOf(window: WindowFeatures, patchPx: number): { widthPx: number; heightPx: number } {
  return { widthPx: window.gridColumns * patchPx, heightPx: window.gridRows * patchPx };
}

/**
 * Writes one window as float32 [3, height, width] into `out` (all zero before). Padding stays zero in normalised
 * space, that is, mean colour; what lies beyond the last whole patch is left out.
 */
export function writeWindowPixels(
  picture: RgbPicture,
  window: WindowFeatures,
  patchPx: number,
  out: Float32Array,
): void {
  const { widthPx, heightPx } = inputSizeOf(window, patchPx);
  const columnCount = Math.min(window.x1 - window.x0, widthPx - window.padLeft);
  const rowCount = Math.min(window.y1 - window.y0, heightPx - window.padTop);
  for (let channel = 0; channel < 3; channel++) {
    const levels = normalisedLevels(channel);
    const plane = channel * widthPx * heightPx;
    for (let row = 0; row < rowCount; row++) {
      let source = ((window.y0 + row) * picture.widthPx + window.x0) * 3 + channel;
      let target = plane + (window.padTop + row) * widthPx + window.padLeft;
      for (let column = 0; column < columnCount; column++, source += 3) {
        out[target++] = levels[picture.rgb[source]!]!;
      }
    }
  }
}

const levelTables = new Map<number, Float32Array>();

/** The normalised value of each of the 256 levels of a channel. */
function normalisedLevels(channel: number): Float32Array {
  const known = levelTables.get(channel);
  if (known !== undefined) return known;
  const mean = MEAN[channel] ?? 0;
  const deviation = DEVIATION[channel] ?? 1;
  const table = Float32Array.from({ length: 256 }, (_, level) => (level - mean) / deviation);
  levelTables.set(channel, table);
  return table;
}
