// Labels of the pixels of one small block, one by one. Softmax terms grow by constant factors along a row, so a
// pixel costs a multiplication per query and no exponential; queries that cannot win here only add to the sum.

import type { CellQueries } from './cell-queries.ts';
import { isDominated, isEverywhereAbove, type Corners } from './decide-rectangle.ts';
import { fastExp } from './fast-exp.ts';
import type { QueryPoints } from './query-points.ts';

/** Largest side of a block: small enough that most blocks on a boundary need few pixels, large enough to be few. */
export const BLOCK_PX = 12;

/** Where a block lies in its cell: positions 0..1 of its first pixel and their growth per pixel. */
export interface BlockPlace {
  x: number;
  stepX: number;
  y: number;
  stepY: number;
  /** Size in pixels, both at most BLOCK_PX. */
  columns: number;
  rows: number;
}

/** Pixels of a picture of labels, from `start`, rows `stride` apart. */
export interface LabelTarget {
  labels: Uint16Array;
  start: number;
  stride: number;
}

/** Paints blocks; holds buffers for vocabularies of up to `capacity` queries. */
export class BlockPainter {
  /** Queries of the present block: those that may win first, then the rest. */
  readonly #order: Int32Array;
  #contenders = 0;
  readonly #terms: Float64Array;
  readonly #factorsX: Float64Array;
  readonly #factorsY: Float64Array;
  readonly #factorsXY: Float64Array;
  readonly #best = new Float64Array(BLOCK_PX);
  readonly #sums = new Float64Array(BLOCK_PX);
  readonly #winners = new Int32Array(BLOCK_PX);

  constructor(capacity: number) {
    this.#order = new Int32Array(capacity);
    this.#terms = new Float64Array(capacity);
    this.#factorsX = new Float64Array(capacity);
    this.#factorsY = new Float64Array(capacity);
    this.#factorsXY = new Float64Array(capacity);
  }

  /**
   * Writes the labels of a block.
   *
   * @param points cosines of the cell's queries; `corners` enclose the block's pixels
   */
  paint(
    cell: CellQueries,
    points: QueryPoints,
    corners: Corners,
    place: BlockPlace,
    target: LabelTarget,
  ): void {
    this.#orderQueries(cell, points, corners);
    if (!cell.needsTerms || isEverywhereAbove(points, corners, cell.scale, cell.largestThreshold)) {
      if (this.#contenders === 2) this.#paintBetterOfTwo(cell, place, target);
      else this.#paintWinners(cell, place, target);
    } else this.#paintProbabilities(cell, points, corners.a, place, target);
  }

  #orderQueries(cell: CellQueries, points: QueryPoints, corners: Corners): void {
    const order = this.#order;
    let first = 0;
    let last = cell.count;
    for (let query = 0; query < cell.count; query++) {
      if (isDominated(points, corners, query)) order[--last] = query;
      else order[first++] = query;
    }
    this.#contenders = first;
  }

  /** Only the better of two queries matters: the sign of one linear function per row. */
  #paintBetterOfTwo(cell: CellQueries, place: BlockPlace, target: LabelTarget): void {
    const { functions, labels: queryLabels } = cell;
    const { labels } = target;
    const first = this.#order[0]!;
    const second = this.#order[1]!;
    const firstLabel = queryLabels[first]!;
    const secondLabel = queryLabels[second]!;
    const a = first * 4;
    const b = second * 4;
    const lead = functions[b]! - functions[a]!;
    const slopeX = functions[b + 1]! - functions[a + 1]!;
    const slopeY = functions[b + 2]! - functions[a + 2]!;
    const bend = functions[b + 3]! - functions[a + 3]!;
    for (let row = 0; row < place.rows; row++) {
      const y = place.y + row * place.stepY;
      const slope = slopeX + bend * y;
      const step = slope * place.stepX;
      let difference = lead + slopeY * y + slope * place.x;
      const start = target.start + row * target.stride;
      for (let at = start; at < start + place.columns; at++, difference += step) {
        labels[at] = difference > 0 ? secondLabel : firstLabel;
      }
    }
  }

  /** Only the best query matters: the largest of a few linear functions per row. */
  #paintWinners(cell: CellQueries, place: BlockPlace, target: LabelTarget): void {
    const { functions, labels } = cell;
    const { columns } = place;
    const best = this.#best;
    const winners = this.#winners;
    for (let row = 0; row < place.rows; row++) {
      const y = place.y + row * place.stepY;
      for (let i = 0; i < this.#contenders; i++) {
        const query = this.#order[i]!;
        const at = query * 4;
        const slope = functions[at + 1]! + functions[at + 3]! * y;
        const step = slope * place.stepX;
        let value = functions[at]! + functions[at + 2]! * y + slope * place.x;
        for (let column = 0; column < columns; column++, value += step) {
          if (i !== 0 && value <= best[column]!) continue;
          best[column] = value;
          winners[column] = query;
        }
      }
      const start = target.start + row * target.stride;
      for (let column = 0; column < columns; column++) {
        target.labels[start + column] = labels[winners[column]!]!;
      }
    }
  }

  #paintProbabilities(
    cell: CellQueries,
    points: QueryPoints,
    corner: number,
    place: BlockPlace,
    target: LabelTarget,
  ): void {
    this.#startTerms(cell, points, corner, place);
    const { columns } = place;
    for (let row = 0; row < place.rows; row++) {
      this.#startRow(columns);
      for (let i = 1; i < this.#contenders; i++) this.#addContender(i, columns);
      let i = this.#contenders;
      for (; i + 4 <= cell.count; i += 4) this.#addFour(i, columns);
      for (; i < cell.count; i++) this.#addOne(i, columns);
      this.#writeRow(cell, columns, target.labels, target.start + row * target.stride);
      this.#nextRow(cell.count);
    }
  }

  /** Terms of the block's first pixel, its first corner, relative to the first contender, and their factors per pixel. */
  #startTerms(cell: CellQueries, points: QueryPoints, corner: number, place: BlockPlace): void {
    const { functions, count, scale } = cell;
    const { x, y, stepX, stepY } = place;
    const start = corner * points.stride;
    const bendScale = scale * stepX * stepY;
    const reference = this.#order[0]! * 4;
    const referenceTerm = points.terms[start + this.#order[0]!]!;
    for (let i = 0; i < count; i++) {
      const query = this.#order[i]!;
      const at = query * 4;
      const slopeX = functions[at + 1]! - functions[reference + 1]!;
      const slopeY = functions[at + 2]! - functions[reference + 2]!;
      const bend = functions[at + 3]! - functions[reference + 3]!;
      this.#terms[i] = points.terms[start + query]! / referenceTerm;
      this.#factorsX[i] = fastExp(scale * stepX * (slopeX + bend * y));
      this.#factorsY[i] = fastExp(scale * stepY * (slopeY + bend * x));
      this.#factorsXY[i] = fastExp(bendScale * bend);
    }
  }

  #nextRow(count: number): void {
    const terms = this.#terms;
    const factorsX = this.#factorsX;
    for (let i = 0; i < count; i++) {
      terms[i]! *= this.#factorsY[i]!;
      factorsX[i]! *= this.#factorsXY[i]!;
    }
  }

  /** The first contender is the reference: its term is 1 everywhere. */
  #startRow(columns: number): void {
    const sums = this.#sums;
    for (let column = 0; column < columns; column++) sums[column] = 1;
    if (this.#contenders === 1) return;
    const best = this.#best;
    const winners = this.#winners;
    const winner = this.#order[0]!;
    for (let column = 0; column < columns; column++) {
      best[column] = 1;
      winners[column] = winner;
    }
  }

  #addContender(i: number, columns: number): void {
    const best = this.#best;
    const sums = this.#sums;
    const factor = this.#factorsX[i]!;
    let term = this.#terms[i]!;
    for (let column = 0; column < columns; column++, term *= factor) {
      sums[column]! += term;
      if (term <= best[column]!) continue;
      best[column] = term;
      this.#winners[column] = this.#order[i]!;
    }
  }

  #addFour(i: number, columns: number): void {
    const sums = this.#sums;
    const factor0 = this.#factorsX[i]!;
    const factor1 = this.#factorsX[i + 1]!;
    const factor2 = this.#factorsX[i + 2]!;
    const factor3 = this.#factorsX[i + 3]!;
    let term0 = this.#terms[i]!;
    let term1 = this.#terms[i + 1]!;
    let term2 = this.#terms[i + 2]!;
    let term3 = this.#terms[i + 3]!;
    for (let column = 0; column < columns; column++) {
      sums[column]! += term0 + term1 + (term2 + term3);
      term0 *= factor0;
      term1 *= factor1;
      term2 *= factor2;
      term3 *= factor3;
    }
  }

  #addOne(i: number, columns: number): void {
    const sums = this.#sums;
    const factor = this.#factorsX[i]!;
    let term = this.#terms[i]!;
    for (let column = 0; column < columns; column++, term *= factor) sums[column]! += term;
  }

  #writeRow(cell: CellQueries, columns: number, out: Uint16Array, start: number): void {
    const { labels, thresholds, belowLabel } = cell;
    if (this.#contenders === 1) {
      const label = labels[this.#order[0]!]!;
      const threshold = thresholds[this.#order[0]!]!;
      for (let column = 0; column < columns; column++) {
        out[start + column] = 1 >= threshold * this.#sums[column]! ? label : belowLabel;
      }
      return;
    }
    for (let column = 0; column < columns; column++) {
      const winner = this.#winners[column]!;
      const isAbove = this.#best[column]! >= thresholds[winner]! * this.#sums[column]!;
      out[start + column] = isAbove ? labels[winner]! : belowLabel;
    }
  }
}
