// The queries that still compete inside one lattice cell, as bilinear functions of the position in the cell, and
// their values along the lines of blocks that cut it.

import type { AxisCell } from './axis-cells.ts';
import type { CosineLattice } from './cosine-lattice.ts';
import { isDominated, isEverywhereAbove, largestLead, type Corners } from './decide-rectangle.ts';
import { fastExp } from './fast-exp.ts';
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
  /** Scratch of `evaluateLine`: present value, term and their growth per block of each query. */
  value: Float64Array;
  step: Float64Array;
  term: Float64Array;
  factor: Float64Array;
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
    value: new Float64Array(capacity),
    step: new Float64Array(capacity),
    term: new Float64Array(capacity),
    factor: new Float64Array(capacity),
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

/** Number of points that a line of blocks of `blockPx` has across a cell. */
export function linePointCount(column: AxisCell, blockPx: number): number {
  return Math.ceil((column.end - column.start) / blockPx) + 1;
}

/**
 * Evaluates the cell's queries along one line: at the first pixel of every block, and at the cell's last pixel.
 *
 * @param y position 0..1 of the line in the cell
 * @param first where the line's points begin in `points`; terms are relative to the cell's first query
 */
export function evaluateLine(
  cell: CellQueries,
  column: AxisCell,
  y: number,
  blockPx: number,
  points: QueryPoints,
  first: number,
): void {
  const last = first + linePointCount(column, blockPx) - 1;
  startLine(cell, column, y, blockPx);
  for (let point = first; point < last; point++) stepLine(cell, points, point);
  // The last pixel is evaluated for itself: its distance is another one.
  startLine(
    cell,
    { ...column, position: column.position + (column.end - 1 - column.start) * column.step },
    y,
    0,
  );
  stepLine(cell, points, last);
}

function startLine(cell: CellQueries, column: AxisCell, y: number, blockPx: number): void {
  const { functions, count, scale, value, step, term, factor } = cell;
  const x = column.position;
  for (let query = 0, at = 0; query < count; query++, at += 4) {
    const slope = functions[at + 1]! + functions[at + 3]! * y;
    value[query] = functions[at]! + functions[at + 2]! * y + slope * x;
    step[query] = slope * column.step * blockPx;
    if (!cell.needsTerms) continue;
    term[query] = fastExp(scale * (value[query]! - value[0]!));
    factor[query] = blockPx === 0 ? 1 : fastExp(scale * (step[query]! - step[0]!));
  }
}

/** Writes one point and goes on to the next. */
function stepLine(cell: CellQueries, points: QueryPoints, point: number): void {
  const { count, value, step } = cell;
  const { values } = points;
  const start = point * points.stride;
  let best = 0;
  let largest = -Infinity;
  for (let query = 0; query < count; query++) {
    const cosine = value[query]!;
    values[start + query] = cosine;
    value[query] = cosine + step[query]!;
    if (cosine > largest) {
      largest = cosine;
      best = query;
    }
  }
  points.best[point] = best;
  if (cell.needsTerms) stepTerms(cell, points, point, start);
}

function stepTerms(cell: CellQueries, points: QueryPoints, point: number, start: number): void {
  const { count, term, factor } = cell;
  const { terms } = points;
  let total = 0;
  for (let query = 0; query < count; query++) {
    const present = term[query]!;
    terms[start + query] = present;
    total += present;
    term[query] = present * factor[query]!;
  }
  points.total[point] = total;
}
