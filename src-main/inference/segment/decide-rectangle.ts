// Settles a whole rectangle of the label map from its four corners. Inside, every query's cosine is bilinear, so a
// query that is ahead at all corners is ahead everywhere, and sums of exponentials of differences, being convex
// along both axes, are largest at a corner. Exact: what is not certain is UNDECIDED.

import { fastExp } from './fast-exp.ts';
import { NEVER, type LabelRules } from './label-rules.ts';
import { inverseProbability, type QueryPoints } from './query-points.ts';

export const UNDECIDED = -1;

/** Four points of one set. */
export interface Corners {
  a: number;
  b: number;
  c: number;
  d: number;
}

/** The label of every pixel between the corners, or UNDECIDED. */
export function decideRectangle(
  points: QueryPoints,
  corners: Corners,
  rules: LabelRules,
  queryCount: number,
): number {
  const label = commonLabel(points, corners, rules, queryCount);
  const winner = points.best[corners.a]!;
  if (label !== UNDECIDED && isAtLeast(points, corners, rules, winner, rules.thresholds[winner]!))
    return label;
  if (!isBelowAtCorners(points, corners, rules)) return UNDECIDED;
  return isBelowInside(points, corners, rules, queryCount) ? rules.belowLabel : UNDECIDED;
}

/** True when the winner's probability is at least `threshold` everywhere, whoever wins. */
export function isEverywhereAbove(
  points: QueryPoints,
  corners: Corners,
  scale: number,
  threshold: number,
): boolean {
  const { a, b, c, d } = corners;
  if (threshold <= 0) return true;
  if (threshold > 1) return false;
  const limit = 1 / threshold;
  return (
    sumAgainstMean(points, a, corners, scale) <= limit &&
    sumAgainstMean(points, b, corners, scale) <= limit &&
    sumAgainstMean(points, c, corners, scale) <= limit &&
    sumAgainstMean(points, d, corners, scale) <= limit
  );
}

/** The largest difference cosine(query) − cosine(other) at the corners. */
export function largestLead(points: QueryPoints, corners: Corners, query: number, other: number): number {
  const { values, stride } = points;
  const a = corners.a * stride;
  const b = corners.b * stride;
  const c = corners.c * stride;
  const d = corners.d * stride;
  let lead = values[a + query]! - values[a + other]!;
  lead = Math.max(lead, values[b + query]! - values[b + other]!);
  lead = Math.max(lead, values[c + query]! - values[c + other]!);
  return Math.max(lead, values[d + query]! - values[d + other]!);
}

/** True when another query that wins at some corner is at least as good as `query` at all of them. */
export function isDominated(points: QueryPoints, corners: Corners, query: number): boolean {
  return (
    dominates(points, corners, points.best[corners.a]!, query) ||
    dominates(points, corners, points.best[corners.b]!, query) ||
    dominates(points, corners, points.best[corners.c]!, query) ||
    dominates(points, corners, points.best[corners.d]!, query)
  );
}

function dominates(points: QueryPoints, corners: Corners, other: number, query: number): boolean {
  return other !== query && largestLead(points, corners, query, other) <= 0;
}

/** The label whose queries win everywhere between the corners, or UNDECIDED. */
function commonLabel(points: QueryPoints, corners: Corners, rules: LabelRules, queryCount: number): number {
  const { best } = points;
  const winner = best[corners.a]!;
  const b = best[corners.b]!;
  const c = best[corners.c]!;
  const d = best[corners.d]!;
  const label = rules.labels[winner]!;
  if (b === winner && c === winner && d === winner) return label;
  const { labels } = rules;
  if (labels[b] !== label || labels[c] !== label || labels[d] !== label) return UNDECIDED;
  for (let query = 0; query < queryCount; query++) {
    if (labels[query] !== label && !isDominated(points, corners, query)) return UNDECIDED;
  }
  return label;
}

/** True when the probability of `query` is at least `threshold` at all corners, hence inside. */
function isAtLeast(
  points: QueryPoints,
  corners: Corners,
  rules: LabelRules,
  query: number,
  threshold: number,
): boolean {
  if (threshold <= 0) return true;
  if (threshold === NEVER) return false;
  const limit = 1 / threshold;
  return (
    inverseProbability(points, corners.a, query) <= limit &&
    inverseProbability(points, corners.b, query) <= limit &&
    inverseProbability(points, corners.c, query) <= limit &&
    inverseProbability(points, corners.d, query) <= limit
  );
}

/**
 * Softmax denominator against the mean of the four corners' winners instead of the winner there, which is never
 * below that mean: an upper limit of 1 / probability of the winner, and convex like it.
 */
function sumAgainstMean(points: QueryPoints, point: number, corners: Corners, scale: number): number {
  const { values, best } = points;
  const start = point * points.stride;
  const mean =
    (values[start + best[corners.a]!]! +
      values[start + best[corners.b]!]! +
      values[start + best[corners.c]!]! +
      values[start + best[corners.d]!]!) /
    4;
  const winner = best[point]!;
  return inverseProbability(points, point, winner) * fastExp(scale * (values[start + winner]! - mean));
}

function isBelowAtCorners(points: QueryPoints, corners: Corners, rules: LabelRules): boolean {
  return (
    isBelowAt(points, corners.a, rules) &&
    isBelowAt(points, corners.b, rules) &&
    isBelowAt(points, corners.c, rules) &&
    isBelowAt(points, corners.d, rules)
  );
}

function isBelowAt(points: QueryPoints, point: number, rules: LabelRules): boolean {
  const winner = points.best[point]!;
  return points.total[point]! * rules.thresholds[winner]! > points.terms[point * points.stride + winner]!;
}

/**
 * True when no query that might win somewhere inside can reach its threshold there.
 *
 * The logarithm of the softmax denominator is convex in the cosines, so it lies above its tangent at any point; the
 * tangent is bilinear inside the rectangle like the cosines. What bounds a probability from above is therefore
 * largest at a corner. The tangent is taken where the winner's probability is largest.
 */
function isBelowInside(
  points: QueryPoints,
  corners: Corners,
  rules: LabelRules,
  queryCount: number,
): boolean {
  const at = mostCertainCorner(points, corners);
  const { a, b, c, d } = corners;
  const start = at * points.stride;
  const winner = points.best[at]!;
  const base =
    rules.scale * points.values[start + winner]! + Math.log(inverseProbability(points, at, winner));
  const factor = rules.scale / points.total[at]!;
  const tangentA = base + factor * termsTimesGrowth(points, start, a * points.stride, queryCount);
  const tangentB = base + factor * termsTimesGrowth(points, start, b * points.stride, queryCount);
  const tangentC = base + factor * termsTimesGrowth(points, start, c * points.stride, queryCount);
  const tangentD = base + factor * termsTimesGrowth(points, start, d * points.stride, queryCount);
  const { values, stride } = points;
  for (let query = 0; query < queryCount; query++) {
    const threshold = rules.thresholds[query]!;
    if (threshold === NEVER) continue;
    const largest = Math.max(
      rules.scale * values[a * stride + query]! - tangentA,
      rules.scale * values[b * stride + query]! - tangentB,
      rules.scale * values[c * stride + query]! - tangentC,
      rules.scale * values[d * stride + query]! - tangentD,
    );
    if (fastExp(largest) >= threshold && !isDominated(points, corners, query)) return false;
  }
  return true;
}

function mostCertainCorner(points: QueryPoints, corners: Corners): number {
  const upper = moreCertain(points, corners.a, corners.b);
  return moreCertain(points, upper, moreCertain(points, corners.c, corners.d));
}

function moreCertain(points: QueryPoints, a: number, b: number): number {
  const inverseA = inverseProbability(points, a, points.best[a]!);
  return inverseA < inverseProbability(points, b, points.best[b]!) ? a : b;
}

/** Sum over the queries of a point's term times the growth of the cosine from there to another point. */
function termsTimesGrowth(points: QueryPoints, from: number, to: number, queryCount: number): number {
  if (from === to) return 0;
  const { terms, values } = points;
  let sum = 0;
  for (let query = 0; query < queryCount; query++) {
    sum += terms[from + query]! * (values[to + query]! - values[from + query]!);
  }
  return sum;
}
