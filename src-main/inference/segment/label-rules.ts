// What turns cosines into labels: which class each query stands for, from which probability on a class counts, and
// what a pixel below becomes. Knows no image.

import { UNLABELLED } from './label-runs.ts';

/** A threshold that no probability reaches; only for queries whose label is `belowLabel` anyway. */
export const NEVER = Infinity;

export interface LabelRules {
  /** Factor before softmax (50 in ClearCLIP's protocol). */
  scale: number;
  /** Label of each query. */
  labels: Uint16Array;
  /** Probability that the winning query must reach, per query; 0 = always, NEVER = never. */
  thresholds: Float64Array;
  /** Label of a pixel whose winner stays below its threshold. */
  belowLabel: number;
}

/** Differences of cosines are at most 2: exp(2 · 300) still is a number. */
const MAX_SCALE = 300;

/**
 * Rules of the product: a pixel whose winning probability is below the threshold of the winning class stays
 * unlabelled. Labels are class indices.
 *
 * @param queryClass class index of each query
 * @param classThresholds threshold 0..1 of each class
 */
export function thresholdRules(
  queryClass: ArrayLike<number>,
  classThresholds: ArrayLike<number>,
  scale: number,
): LabelRules {
  return makeRules(queryClass, (classIndex) => classThresholds[classIndex]!, scale, UNLABELLED);
}

/**
 * Rules of ClearCLIP's evaluation: a pixel whose largest class probability is below `threshold` becomes class 0,
 * whatever its winner (class 0 included).
 */
export function paperRules(queryClass: ArrayLike<number>, threshold: number, scale: number): LabelRules {
  // Class 0 is class 0 on both sides of the threshold: it counts as always below, which settles large areas.
  const thresholdOf = (classIndex: number): number => (classIndex === 0 && threshold > 0 ? NEVER : threshold);
  return makeRules(queryClass, thresholdOf, scale, 0);
}

function makeRules(
  queryClass: ArrayLike<number>,
  thresholdOf: (classIndex: number) => number,
  scale: number,
  belowLabel: number,
): LabelRules {
  if (!(scale > 0 && scale <= MAX_SCALE)) throw new RangeError(`the logit scale ${scale} is not in 0..300`);
  const labels = Uint16Array.from(queryClass);
  return { scale, labels, thresholds: Float64Array.from(labels, thresholdOf), belowLabel };
}
