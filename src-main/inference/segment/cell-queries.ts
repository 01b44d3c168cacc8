// The queries that still compete inside one lattice cell, as bilinear functions of the position in the cell.

import type { CosineLattice } from './cosine-lattice.ts';
import { isDominated, isEverywhereAbove, largestLead, type Corners } from './decide-rectangle.ts';
import type { LabelRules } from './label-rules.ts';
import type { QueryPoints } from './query-points.ts';

/** exp(−30) is below the rounding error of the sum that a query behind by this much would add to. */
const NEGLIGIBLE_EXPONENT = -30;

/** Rules and functions of the competing queries of one cell; reused from cell to cell. */
export interface CellQueries extends LabelRules {
  count: number;
  /** Per query four numbers p, q, r, s: cosine = p + q·x + r·y + s·x·y, x and y 0..1 in the cell. */
  functions: Float64Array;
  /** False where every winner reaches its threshold for certain: only the best query matters. */
  needsTerms: boolean;
  /** The largest of the rules' thresholds without NEVER. */
  largestThreshold: number;
}

export function createCellQueries(rules: LabelRules, largestThreshold: number): CellQueries {
  const capacity = rules.labels.length;
  return {
    scale: rules.scale,
    belowLabel: rules.belowLabel,
    labels: new Uint16Array(capacity),
    thresholds: new Float64Array(capacity),
    count: 0,
    functions: new Float64Array(4 * capacity),
    needsTerms: true,
    largestThreshold,
  };
}

/** Fills `cell` with the queries that can win or weigh in between the corners (lattice points). */
export function selectQueries(
  cell: CellQueries,
  lattice: CosineLattice,
  points: QueryPoints,
  corners: Corners,
  rules: LabelRules,
): void {
  const { queryCount, values } = lattice;
  cell.needsTerms = !isEverywhereAbove(points, corners, rules.scale, cell.largestThreshold);
  cell.count = 0;
  const a = corners.a * queryCount;
  const b = corners.b * queryCount;
  const c = corners.c * queryCount;
  const d = corners.d * queryCount;
  const winner = points.best[corners.a]!;
  for (let query = 0; query < queryCount; query++) {
    const isOut = cell.needsTerms
      ? rules.scale * largestLead(points, corners, query, winner) < NEGLIGIBLE_EXPONENT
      : isDominated(points, corners, query);
    if (isOut) continue;
    const slot = cell.count++;
    cell.labels[slot] = rules.labels[query]!;
    cell.thresholds[slot] = cell.needsTerms ? rules.thresholds[query]! : 0;
    const atA = values[a + query]!;
    const right = values[b + query]! - atA;
    const below = values[c + query]! - atA;
    cell.functions[4 * slot] = atA;
    cell.functions[4 * slot + 1] = right;
    cell.functions[4 * slot + 2] = below;
    cell.functions[4 * slot + 3] = values[d + query]! - atA - right - below;
  }
}
