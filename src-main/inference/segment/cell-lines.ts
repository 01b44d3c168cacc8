// The competing queries of one cell along the horizontal lines between its blocks. From block to block and from line
// to line cosines grow by constant steps and softmax terms by constant factors, so a point costs no exponential.

import type { AxisCell } from './axis-cells.ts';
import type { CellQueries } from './cell-queries.ts';
import { fastExp } from './fast-exp.ts';
import type { QueryPoints } from './query-points.ts';

/** State of one query on the present line, and its growth to the next line one block below. */
const VALUE = 0;
const STEP = 1;
const LAST_VALUE = 2;
const TERM = 3;
const FACTOR = 4;
const LAST_TERM = 5;
const LINE_FIELDS = 6;

/** Lines of one cell, from top to bottom. */
export class CellLines {
  readonly #blockPx: number;
  /** LINE_FIELDS numbers per query: now, and by how much (the first three) or how many times (the rest) they grow. */
  readonly #now: Float64Array;
  readonly #growth: Float64Array;

  constructor(queryCapacity: number, blockPx: number) {
    this.#blockPx = blockPx;
    this.#now = new Float64Array(LINE_FIELDS * queryCapacity);
    this.#growth = new Float64Array(LINE_FIELDS * queryCapacity);
  }

  /** Number of points of a line: the first pixel of each block and the last pixel of the cell. */
  static pointCount(column: AxisCell, blockPx: number): number {
    return Math.ceil((column.end - column.start) / blockPx) + 1;
  }

  /** Goes to the line at position `y` (0..1) of the cell. */
  start(cell: CellQueries, column: AxisCell, y: number): void {
    const { functions, count, scale } = cell;
    const now = this.#now;
    const x = column.position;
    const length = (column.end - 1 - column.start) * column.step;
    for (let query = 0, at = 0; query < count; query++, at += 4) {
      const slope = functions[at + 1]! + functions[at + 3]! * y;
      const value = functions[at]! + functions[at + 2]! * y + slope * x;
      const line = query * LINE_FIELDS;
      now[line + VALUE] = value;
      now[line + STEP] = slope * column.step * this.#blockPx;
      now[line + LAST_VALUE] = value + slope * length;
      if (!cell.needsTerms) continue;
      now[line + TERM] = fastExp(scale * (value - now[VALUE]!));
      now[line + FACTOR] = fastExp(scale * (now[line + STEP]! - now[STEP]!));
      now[line + LAST_TERM] = fastExp(scale * (now[line + LAST_VALUE]! - now[LAST_VALUE]!));
    }
  }

  /** Prepares `advance`: one block downwards is `stepY` of the cell's height. */
  prepareAdvance(cell: CellQueries, column: AxisCell, stepY: number): void {
    const { functions, count, scale } = cell;
    const growth = this.#growth;
    const x = column.position;
    const length = (column.end - 1 - column.start) * column.step;
    for (let query = 0, at = 0; query < count; query++, at += 4) {
      const bend = functions[at + 3]! * stepY;
      const value = functions[at + 2]! * stepY + bend * x;
      const line = query * LINE_FIELDS;
      growth[line + VALUE] = value;
      growth[line + STEP] = bend * column.step * this.#blockPx;
      growth[line + LAST_VALUE] = value + bend * length;
      if (!cell.needsTerms) continue;
      growth[line + TERM] = fastExp(scale * (value - growth[VALUE]!));
      growth[line + FACTOR] = fastExp(scale * (growth[line + STEP]! - growth[STEP]!));
      growth[line + LAST_TERM] = fastExp(scale * (growth[line + LAST_VALUE]! - growth[LAST_VALUE]!));
    }
  }

  /** Goes one block down. */
  advance(cell: CellQueries): void {
    const now = this.#now;
    const growth = this.#growth;
    for (let line = 0; line < cell.count * LINE_FIELDS; line += LINE_FIELDS) {
      now[line + VALUE]! += growth[line + VALUE]!;
      now[line + STEP]! += growth[line + STEP]!;
      now[line + LAST_VALUE]! += growth[line + LAST_VALUE]!;
      now[line + TERM]! *= growth[line + TERM]!;
      now[line + FACTOR]! *= growth[line + FACTOR]!;
      now[line + LAST_TERM]! *= growth[line + LAST_TERM]!;
    }
  }

  /** Fills the points of the present line; terms are relative to the cell's first query. */
  write(cell: CellQueries, points: QueryPoints, first: number, pointCount: number): void {
    const { values, terms, stride } = points;
    const now = this.#now;
    const lastAt = (first + pointCount - 1) * stride;
    for (let query = 0; query < cell.count; query++) {
      const line = query * LINE_FIELDS;
      const step = now[line + STEP]!;
      let value = now[line + VALUE]!;
      for (let at = first * stride + query; at < lastAt; at += stride, value += step) values[at] = value;
      values[lastAt + query] = now[line + LAST_VALUE]!;
      if (!cell.needsTerms) continue;
      const factor = now[line + FACTOR]!;
      let term = now[line + TERM]!;
      for (let at = first * stride + query; at < lastAt; at += stride, term *= factor) terms[at] = term;
      terms[lastAt + query] = now[line + LAST_TERM]!;
    }
    for (let point = first; point < first + pointCount; point++) summarise(cell, points, point);
  }
}

function summarise(cell: CellQueries, points: QueryPoints, point: number): void {
  const { values, terms } = points;
  const start = point * points.stride;
  const end = start + cell.count;
  let best = start;
  let largest = values[start]!;
  for (let at = start + 1; at < end; at++) {
    if (values[at]! <= largest) continue;
    largest = values[at]!;
    best = at;
  }
  points.best[point] = best - start;
  if (!cell.needsTerms) return;
  let total = 0;
  for (let at = start; at < end; at++) total += terms[at]!;
  points.total[point] = total;
}
