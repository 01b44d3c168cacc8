// The mean of all windows' enlarged cosines, kept only where it bends: a rectilinear lattice between whose lines
// the map at the original image's size is exactly bilinear. Knows no classes and no thresholds.

import type { DenseFeatures, WindowFeatures } from '#main/workers/messages.ts';
import { axisCells, columnSpan, gridPosition, latticeLines, rowSpan, type AxisCell } from './axis-cells.ts';

export type FeatureGeometry = Omit<DenseFeatures, 'values' | 'embeddingSize'>;

export interface CosineLattice {
  widthPx: number;
  heightPx: number;
  columns: AxisCell[];
  rows: AxisCell[];
  /** Lattice lines along x and along y. */
  lineCountX: number;
  lineCountY: number;
  queryCount: number;
  /** Point-major: ((line y × lineCountX) + line x) × queryCount + query. */
  values: Float64Array;
}

/**
 * Builds the lattice of a vocabulary (ClearCLIP's protocol: bilinear to each padded window, cut, mean over the
 * windows, bilinear to the original size; with `cropPx` 0 one bilinear from the patch grid to the original size).
 *
 * @param geometry sizes and windows of the features
 * @param planes float32 cosines, queryCount × patches of all windows (see `patchCosines`)
 */
export function buildCosineLattice(
  geometry: FeatureGeometry,
  planes: Float32Array,
  queryCount: number,
): CosineLattice {
  return geometry.cropPx === 0
    ? wholePictureLattice(geometry, planes, queryCount)
    : windowLattice(geometry, planes, queryCount);
}

function wholePictureLattice(
  geometry: FeatureGeometry,
  planes: Float32Array,
  queryCount: number,
): CosineLattice {
  const { gridRows, gridColumns } = geometry.windows[0]!;
  const patchCount = gridRows * gridColumns;
  const values = new Float64Array(patchCount * queryCount);
  for (let query = 0; query < queryCount; query++) {
    const plane = query * patchCount;
    for (let patch = 0; patch < patchCount; patch++)
      values[patch * queryCount + query] = planes[plane + patch]!;
  }
  const lines = (count: number): number[] => Array.from({ length: count }, (_, i) => i);
  return {
    widthPx: geometry.originalWidthPx,
    heightPx: geometry.originalHeightPx,
    columns: axisCells(lines(gridColumns), gridColumns, geometry.originalWidthPx),
    rows: axisCells(lines(gridRows), gridRows, geometry.originalHeightPx),
    lineCountX: gridColumns,
    lineCountY: gridRows,
    queryCount,
    values,
  };
}

function windowLattice(geometry: FeatureGeometry, planes: Float32Array, queryCount: number): CosineLattice {
  const { windows, resizedWidthPx, resizedHeightPx } = geometry;
  const linesX = latticeLines(windows.map(columnSpan), resizedWidthPx);
  const linesY = latticeLines(windows.map(rowSpan), resizedHeightPx);
  const sums = new Float64Array(linesX.length * linesY.length * queryCount);
  const counts = new Uint32Array(linesX.length * linesY.length);
  const patchCount = planes.length / queryCount;
  let firstPatch = 0;
  for (const window of windows) {
    addWindow({ window, planes, firstPatch, patchCount, queryCount, linesX, linesY, sums, counts });
    firstPatch += window.gridRows * window.gridColumns;
  }
  for (let point = 0; point < counts.length; point++) {
    const count = counts[point]!;
    if (count <= 1) continue;
    for (let at = point * queryCount; at < (point + 1) * queryCount; at++) sums[at]! /= count;
  }
  return {
    widthPx: geometry.originalWidthPx,
    heightPx: geometry.originalHeightPx,
    columns: axisCells(linesX, resizedWidthPx, geometry.originalWidthPx),
    rows: axisCells(linesY, resizedHeightPx, geometry.originalHeightPx),
    lineCountX: linesX.length,
    lineCountY: linesY.length,
    queryCount,
    values: sums,
  };
}

interface WindowSum {
  window: WindowFeatures;
  planes: Float32Array;
  firstPatch: number;
  patchCount: number;
  queryCount: number;
  linesX: number[];
  linesY: number[];
  sums: Float64Array;
  counts: Uint32Array;
}

function addWindow(job: WindowSum): void {
  const { window, linesX, linesY } = job;
  const spanX = columnSpan(window);
  const spanY = rowSpan(window);
  for (let lineY = 0; lineY < linesY.length; lineY++) {
    if (linesY[lineY]! < window.y0 || linesY[lineY]! >= window.y1) continue;
    const y = gridPosition(spanY, linesY[lineY]!);
    for (let lineX = 0; lineX < linesX.length; lineX++) {
      if (linesX[lineX]! < window.x0 || linesX[lineX]! >= window.x1) continue;
      addPoint(job, gridPosition(spanX, linesX[lineX]!), y, lineY * linesX.length + lineX);
    }
  }
}

/** Adds the window's bilinear value at grid position (x, y) to one lattice point, for every query. */
function addPoint(job: WindowSum, x: number, y: number, point: number): void {
  const { window, planes, firstPatch, patchCount, queryCount, sums, counts } = job;
  const column = Math.floor(x);
  const row = Math.floor(y);
  const right = column + 1 < window.gridColumns ? 1 : 0;
  const below = row + 1 < window.gridRows ? window.gridColumns : 0;
  const fractionX = x - column;
  const fractionY = y - row;
  let patch = firstPatch + row * window.gridColumns + column;
  for (let at = point * queryCount; at < (point + 1) * queryCount; at++, patch += patchCount) {
    const upper = planes[patch]! * (1 - fractionX) + planes[patch + right]! * fractionX;
    const lower = planes[patch + below]! * (1 - fractionX) + planes[patch + below + right]! * fractionX;
    sums[at]! += upper * (1 - fractionY) + lower * fractionY;
  }
  counts[point]!++;
}
