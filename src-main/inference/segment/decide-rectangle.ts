// Settles a whole rectangle of the label map from its four corners. Inside, every query's cosine is bilinear, so a
// query that is ahead at all corners is ahead everywhere, and sums of exponentials of differences, being convex
// along both axes, are largest at a corner. Exact: what is not certain is UNDECIDED.

import { fastExp } from './fast-exp.ts';
import { NEVER, type LabelRules } from './label-rules.ts';
import type { QueryPoints } from './query-points.ts';

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
  const { a, b, c, d } = corners;
  return (
    sumAgainst(points, a, query, rules.scale) <= limit &&
    sumAgainst(points, b, query, rules.scale) <= limit &&
    sumAgainst(points, c, query, rules.scale) <= limit &&
    sumAgainst(points, d, query, rules.scale) <= limit
  );
}

/** Sum over the queries of exp(scale · (cosine − cosine of `query`)) at a point. */
function sumAgainst(points: QueryPoints, point: number, query: number, scale: number): number {
  const best = points.best[point]!;
  if (best === query) return points.sum[point]!;
  const start = point * points.stride;
  return points.sum[point]! * fastExp(scale * (points.values[start + best]! - points.values[start + query]!));
}

/** The same against the mean of the four corners' winners, which is never above the winner at that place. */
function sumAgainstMean(points: QueryPoints, point: number, corners: Corners, scale: number): number {
  const { values, best } = points;
  const start = point * points.stride;
  const mean =
    (values[start + best[corners.a]!]! +
      values[start + best[corners.b]!]! +
      values[start + best[corners.c]!]! +
      values[start + best[corners.d]!]!) /
    4;
  return points.sum[point]! * fastExp(scale * (values[start + best[point]!]! - mean));
}

function isBelowAtCorners(points: QueryPoints, corners: Corners, rules: LabelRules): boolean {
  const { best, sum } = points;
  const { thresholds } = rules;
  const { a, b, c, d } = corners;
  return (
    sum[a]! * thresholds[best[a]!]! > 1 &&
    sum[b]! * thresholds[best[b]!]! > 1 &&
    sum[c]! * thresholds[best[c]!]! > 1 &&
    sum[d]! * thresholds[best[d]!]! > 1
  );
}

/** True when no query that might win somewhere inside can reach its threshold there. */
function isBelowInside(
  points: QueryPoints,
  corners: Corners,
  rules: LabelRules,
  queryCount: number,
): boolean {
  for (let query = 0; query < queryCount; query++) {
    const threshold = rules.thresholds[query]!;
    if (threshold === NEVER || isDominated(points, corners, query)) continue;
    if (threshold <= 0 || !staysBelow(points, corners, rules.scale, queryCount, query, 1 / threshold))
      return false;
  }
  return true;
}

/** True when the sum of exponentials against `query` exceeds `limit` even with each term at its smallest. */
function staysBelow(
  points: QueryPoints,
  corners: Corners,
  scale: number,
  queryCount: number,
  query: number,
  limit: number,
): boolean {
  let sum = 0;
  for (let other = 0; other < queryCount && sum <= limit; other++) {
    // The smallest of (other − query) is minus the largest of (query − other).
    sum += fastExp(-scale * largestLead(points, corners, query, other));
  }
  return sum > limit;
}
