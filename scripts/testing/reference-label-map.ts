// The label map of ClearCLIP's protocol step by step on full-size maps, without any shortcut: the yardstick that
// tests hold the product's fast label map against.

import type { FeatureGeometry } from '#main/inference/segment/cosine-lattice.ts';

/** One map of doubles. */
interface Plane {
  width: number;
  height: number;
  data: Float64Array;
}

export interface ReferenceMaps {
  /** Cosines at the original size, one map per query. */
  cosines: Float64Array[];
  /** Winning query per pixel, its probability, and how far its cosine is ahead of the next one. */
  winner: Int32Array;
  probability: Float64Array;
  lead: Float64Array;
}

/** Maps at the original size from cosine planes (queryCount × patches of all windows). */
export function referenceMaps(
  geometry: FeatureGeometry,
  planes: Float32Array,
  queryCount: number,
  scale: number,
): ReferenceMaps {
  const cosines = Array.from({ length: queryCount }, (_, query) =>
    queryMap(geometry, planes, queryCount, query),
  );
  const pixelCount = geometry.originalWidthPx * geometry.originalHeightPx;
  const winner = new Int32Array(pixelCount);
  const probability = new Float64Array(pixelCount);
  const lead = new Float64Array(pixelCount);
  for (let pixel = 0; pixel < pixelCount; pixel++) {
    const values = cosines.map((map) => map[pixel]!);
    const best = values.indexOf(Math.max(...values));
    winner[pixel] = best;
    probability[pixel] =
      1 / values.reduce((sum, value) => sum + Math.exp(scale * (value - values[best]!)), 0);
    lead[pixel] = Math.min(
      ...values.map((value, query) => (query === best ? Infinity : values[best]! - value)),
    );
  }
  return { cosines, winner, probability, lead };
}

function queryMap(
  geometry: FeatureGeometry,
  planes: Float32Array,
  queryCount: number,
  query: number,
): Float64Array {
  const { resizedWidthPx, resizedHeightPx, originalWidthPx, originalHeightPx, windows, cropPx } = geometry;
  const patchCount = planes.length / queryCount;
  const resized: Plane = {
    width: resizedWidthPx,
    height: resizedHeightPx,
    data: new Float64Array(resizedWidthPx * resizedHeightPx),
  };
  const counts = new Float64Array(resized.data.length);
  let at = query * patchCount;
  for (const window of windows) {
    const { gridRows, gridColumns, x0, y0, x1, y1, padLeft, padTop, padRight, padBottom } = window;
    const data = Float64Array.from(planes.subarray(at, at + gridRows * gridColumns));
    at += gridRows * gridColumns;
    const grid: Plane = { width: gridColumns, height: gridRows, data };
    if (cropPx === 0) return enlarge(grid, originalWidthPx, originalHeightPx).data;
    const padded = enlarge(grid, x1 - x0 + padLeft + padRight, y1 - y0 + padTop + padBottom);
    for (let y = y0; y < y1; y++) {
      for (let x = x0; x < x1; x++) {
        resized.data[y * resizedWidthPx + x]! +=
          padded.data[(y - y0 + padTop) * padded.width + x - x0 + padLeft]!;
        counts[y * resizedWidthPx + x]!++;
      }
    }
  }
  resized.data.forEach((sum, i) => (resized.data[i] = sum / counts[i]!));
  return enlarge(resized, originalWidthPx, originalHeightPx).data;
}

/** Bilinear resize, `align_corners=False`, no antialias. */
function enlarge(plane: Plane, width: number, height: number): Plane {
  const data = new Float64Array(width * height);
  for (let y = 0; y < height; y++) {
    const row = tap(y, plane.height, height);
    for (let x = 0; x < width; x++) {
      const column = tap(x, plane.width, width);
      const at = (r: number, c: number): number => plane.data[r * plane.width + c]!;
      const upper =
        at(row.first, column.first) * (1 - column.weight) + at(row.first, column.second) * column.weight;
      const lower =
        at(row.second, column.first) * (1 - column.weight) + at(row.second, column.second) * column.weight;
      data[y * width + x] = upper * (1 - row.weight) + lower * row.weight;
    }
  }
  return { width, height, data };
}

function tap(index: number, from: number, to: number): { first: number; second: number; weight: number } {
  const position = Math.max((index + 0.5) * (from / to) - 0.5, 0);
  const first = Math.min(Math.floor(position), from - 1);
  const second = Math.min(first + 1, from - 1);
  return { first, second, weight: second === first ? 0 : position - first };
}
