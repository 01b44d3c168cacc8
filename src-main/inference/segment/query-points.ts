// Points of the label map with the cosine of every query there: which query wins and how large its softmax
// denominator is. The corners of rectangles that decide-rectangle.ts judges.

import { fastExp } from './fast-exp.ts';

export interface QueryPoints {
  /** Point-major cosines: point × stride + query. */
  values: Float64Array;
  stride: number;
  /** First query with the largest cosine, per point. */
  best: Int32Array;
  /** Sum over the queries of exp(scale · (cosine − largest cosine)); the winner's probability is 1 / sum. */
  sum: Float64Array;
}

export function createPoints(values: Float64Array, stride: number): QueryPoints {
  const count = Math.ceil(values.length / stride);
  return { values, stride, best: new Int32Array(count), sum: new Float64Array(count) };
}

/** Fills `best` of a point from its cosines, and `sum` too unless `needsSum` is false. */
export function completePoint(
  points: QueryPoints,
  point: number,
  queryCount: number,
  scale: number,
  needsSum: boolean,
): void {
  const { values } = points;
  const start = point * points.stride;
  let best = 0;
  let largest = values[start]!;
  for (let query = 1; query < queryCount; query++) {
    const value = values[start + query]!;
    if (value > largest) {
      largest = value;
      best = query;
    }
  }
  points.best[point] = best;
  if (!needsSum) return;
  let sum = 0;
  for (let query = 0; query < queryCount; query++) sum += fastExp(scale * (values[start + query]! - largest));
  points.sum[point] = sum;
}
