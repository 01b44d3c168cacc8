// 8-bit bilinear resize, bit for bit the one of OpenCV (11-bit fixed point, no antialias), which the published
// evaluation protocols use, and the size rule that goes with it. Knows no files and no models.

/** How the model's input is sized, in pixels; structurally the worker protocol's `ResizeRule`. */
export interface ModelSizeRule {
  shortSidePx: number;
  longSideMaxPx: number;
}

export interface SizePx {
  widthPx: number;
  heightPx: number;
}

/** 8-bit samples, row-major, channels interleaved: heightPx × widthPx × channels. */
export interface ByteImage extends SizePx {
  channels: number;
  data: Uint8Array;
}

/**
 * Size of the model's input for an upright image: f = min(longSideMax / long side, shortSide / short side), each
 * side int(x·f + 0.5), at least one pixel.
 */
export function modelInputSize(widthPx: number, heightPx: number, rule: ModelSizeRule): SizePx {
  const factor = Math.min(
    rule.longSideMaxPx / Math.max(widthPx, heightPx),
    rule.shortSidePx / Math.min(widthPx, heightPx),
  );
  return {
    widthPx: Math.max(1, Math.trunc(widthPx * factor + 0.5)),
    heightPx: Math.max(1, Math.trunc(heightPx * factor + 0.5)),
  };
}

/**
 * Resizes like `cv2.resize(image, size, interpolation=INTER_LINEAR)` on 8-bit images.
 *
 * @param image source samples; `data.length` must be widthPx × heightPx × channels (RangeError otherwise)
 * @param size target size, at least 1 × 1
 * @returns a new image with the same channels
 */
export function resizeLikeOpenCv(image: ByteImage, size: SizePx): ByteImage {
  checkArguments(image, size);
  const { channels, data } = image;
  const columns = columnTaps(image.widthPx, size.widthPx, channels);
  const rows = axisTaps(image.heightPx, size.heightPx);
  const sourceStride = image.widthPx * channels;
  const rowLength = size.widthPx * channels;
  const out = new Uint8Array(rowLength * size.heightPx);
  const cache: RowCache = {
    rowA: new Int32Array(rowLength),
    rowB: new Int32Array(rowLength),
    indexA: -1,
    indexB: -1,
  };
  const lastRow = image.heightPx - 1;
  for (let y = 0; y < size.heightPx; y++) {
    const first = Math.min(Math.max(rows.source[y]!, 0), lastRow);
    const second = Math.min(Math.max(rows.source[y]! + 1, 0), lastRow);
    if (cache.indexA !== first) {
      if (cache.indexB === first) swapRows(cache);
      else {
        blendColumns(data, first * sourceStride, columns, channels, cache.rowA);
        cache.indexA = first;
      }
    }
    let lower = cache.rowA;
    if (second !== first) {
      if (cache.indexB !== second) {
        blendColumns(data, second * sourceStride, columns, channels, cache.rowB);
        cache.indexB = second;
      }
      lower = cache.rowB;
    }
    blendRows(cache.rowA, lower, rows.weight0[y]!, rows.weight1[y]!, out, y * rowLength);
  }
  return { widthPx: size.widthPx, heightPx: size.heightPx, channels, data: out };
}

interface RowCache {
  rowA: Int32Array;
  rowB: Int32Array;
  indexA: number;
  indexB: number;
}

interface Taps {
  /** First of the two source positions; may lie outside. */
  source: Int32Array;
  weight0: Int32Array;
  weight1: Int32Array;
}

function checkArguments(image: ByteImage, size: SizePx): void {
  if (image.data.length !== image.widthPx * image.heightPx * image.channels || image.data.length === 0) {
    throw new RangeError(
      `resize: ${image.data.length} bytes do not make ${image.widthPx} × ${image.heightPx} × ${image.channels}`,
    );
  }
  if (!(size.widthPx >= 1 && size.heightPx >= 1)) throw new RangeError('resize: the target size is empty');
}

/** Positions and weights along one axis: p = float32((i + 0.5)·n_in/n_out − 0.5), weights round_half_even(·2048). */
function axisTaps(sourceLength: number, targetLength: number): Taps {
  const scale = sourceLength / targetLength;
  const source = new Int32Array(targetLength);
  const weight0 = new Int32Array(targetLength);
  const weight1 = new Int32Array(targetLength);
  for (let i = 0; i < targetLength; i++) {
    const position = Math.fround((i + 0.5) * scale - 0.5);
    const floor = Math.floor(position);
    const fraction = Math.fround(position - floor);
    source[i] = floor;
    weight0[i] = roundHalfEven(Math.fround(1 - fraction) * 2048);
    weight1[i] = roundHalfEven(fraction * 2048);
  }
  return { source, weight0, weight1 };
}

/** Along x, unlike along y, a position outside takes the border pixel with full weight. */
function columnTaps(sourceLength: number, targetLength: number, channels: number): Taps {
  const taps = axisTaps(sourceLength, targetLength);
  for (let i = 0; i < targetLength; i++) {
    const position = taps.source[i]!;
    const isOutside = position < 0 || position >= sourceLength - 1;
    if (isOutside) {
      taps.weight0[i] = 2048;
      taps.weight1[i] = 0;
    }
    taps.source[i] = Math.min(Math.max(position, 0), sourceLength - 1) * channels;
  }
  return taps;
}

function swapRows(cache: RowCache): void {
  const { rowA, indexA } = cache;
  cache.rowA = cache.rowB;
  cache.indexA = cache.indexB;
  cache.rowB = rowA;
  cache.indexB = indexA;
}

/** One source row blended along x, already shifted right by 4 as the pass along y wants it. */
function blendColumns(
  data: Uint8Array,
  rowStart: number,
  taps: Taps,
  channels: number,
  out: Int32Array,
): void {
  const { source, weight0, weight1 } = taps;
  const count = source.length;
  if (channels === 3) {
    for (let x = 0, target = 0; x < count; x++, target += 3) {
      const at = rowStart + source[x]!;
      const w0 = weight0[x]!;
      const w1 = weight1[x]!;
      // Where w1 is 0 the second pixel may lie beyond the row: `| 0` keeps a missing one harmless.
      out[target] = (w0 * data[at]! + w1 * (data[at + 3]! | 0)) >> 4;
      out[target + 1] = (w0 * data[at + 1]! + w1 * (data[at + 4]! | 0)) >> 4;
      out[target + 2] = (w0 * data[at + 2]! + w1 * (data[at + 5]! | 0)) >> 4;
    }
    return;
  }
  for (let x = 0, target = 0; x < count; x++) {
    const at = rowStart + source[x]!;
    const w0 = weight0[x]!;
    const w1 = weight1[x]!;
    for (let channel = 0; channel < channels; channel++, target++) {
      out[target] = (w0 * data[at + channel]! + w1 * (data[at + channel + channels]! | 0)) >> 4;
    }
  }
}

function blendRows(
  upper: Int32Array,
  lower: Int32Array,
  weight0: number,
  weight1: number,
  out: Uint8Array,
  start: number,
): void {
  for (let i = 0; i < upper.length; i++) {
    out[start + i] = (((weight0 * upper[i]!) >> 16) + ((weight1 * lower[i]!) >> 16) + 2) >> 2;
  }
}

function roundHalfEven(value: number): number {
  const floor = Math.floor(value);
  const rest = value - floor;
  if (rest > 0.5 || (rest === 0.5 && floor % 2 !== 0)) return floor + 1;
  return floor;
}
