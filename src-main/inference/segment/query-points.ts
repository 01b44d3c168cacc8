// Points of the label map with the cosine of every query there and their softmax terms: the corners of rectangles
// that decide-rectangle.ts judges.

import { fastExp } from './fast-exp.ts';

export interface QueryPoints {
  /** Cosines, point-major: point × stride + query. */
  values: Float64Array;
  stride: number;
  /** First query with the largest cosine, per point. */
  best: Int32Array;
  /** exp(scale · (cosine − a reference of the point)), laid out like `values`. */
  terms: Float64Array;
  /** Sum of a point's terms: a query's probability is its term / total. */
  total: Float64Array;
}

/** @param values cosines, or zeros to be filled; their number of points is the set's */
export function createPoints(values: Float64Array, stride: number): QueryPoints {
  const count = Math.ceil(values.length / stride);
  return {
    values,
    stride,
    best: new Int32Array(count),
    terms: new Float64Array(values.length),
    total: new Float64Array(count),
  };
}

/** Fills `best` of a point from its cosines, and `terms` and `total` too unless `needsTerms` is false. */
export function completePoint(
  points: QueryPoints,
  point: number,
  queryCount: number,
  scale: number,
  needsTerms: boolean,
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
  if (!needsTerms) return;
  let total = 0;
  for (let at = start; at < start + queryCount; at++) {
    const term = fastExp(scale * (values[at]! - largest));
    points.terms[at] = term;
    total += term;
  }
  points.total[point] = total;
}

/** 1 / probability of a query at a point. */
export function inverseProbability(points: QueryPoints, point: number, query: number): number {
  return points.total[point]! / points.terms[point * points.stride + query]!;
}
