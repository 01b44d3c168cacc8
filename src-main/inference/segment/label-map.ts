// From the lattice of cosines to the label map at the original image's size. Exact, but work grows with the length
// of the boundaries: cells and blocks that are certain are labelled as a whole, only the rest pixel by pixel.

import type { AxisCell } from './axis-cells.ts';
import { createCellQueries, evaluatePoint, selectQueries, type CellQueries } from './cell-queries.ts';
import type { CosineLattice } from './cosine-lattice.ts';
import { decideRectangle, UNDECIDED, type Corners } from './decide-rectangle.ts';
import { RunWriter, type LabelRuns } from './label-runs.ts';
import { NEVER, type LabelRules } from './label-rules.ts';
import { BLOCK_PX, paintProbabilities, paintWinners } from './paint-block.ts';
import { completePoint, createPoints, type QueryPoints } from './query-points.ts';

/**
 * Label of every pixel (ClearCLIP, steps 5 to 7: scale, softmax over all queries, maximum over the queries of a
 * class, argmax, threshold).
 *
 * @param lattice cosines of the vocabulary, at least one query
 * @param rules labels and thresholds of the lattice's queries, in the same order
 */
export function labelMapOf(lattice: CosineLattice, rules: LabelRules): LabelRuns {
  if (rules.labels.length !== lattice.queryCount || lattice.queryCount === 0) {
    throw new RangeError(`${rules.labels.length} rules for ${lattice.queryCount} queries`);
  }
  return new LabelMapper(lattice, rules).run();
}

class LabelMapper {
  readonly #lattice: CosineLattice;
  readonly #rules: LabelRules;
  readonly #points: QueryPoints;
  readonly #largestThreshold: number;
  readonly #writer: RunWriter;
  /** Label or UNDECIDED of each cell of the present row of cells, and its queries in the latter case. */
  readonly #cellLabels: Int32Array;
  readonly #cellQueries: (CellQueries | undefined)[];
  /** Stretches of the present band, left to right: end and label, UNDECIDED where #pixels has the labels. */
  readonly #stretchEnds: Int32Array;
  readonly #stretchLabels: Int32Array;
  #stretchCount = 0;
  /** Labels of undecided blocks: BLOCK_PX rows of the image's width. */
  readonly #pixels: Uint16Array;
  /** Corners of the present block: left top, left bottom, right top, right bottom (left and right swap). */
  readonly #blockPoints: QueryPoints;

  constructor(lattice: CosineLattice, rules: LabelRules) {
    this.#lattice = lattice;
    this.#rules = rules;
    this.#largestThreshold = rules.thresholds.reduce((a, b) => (b === NEVER ? a : Math.max(a, b)), 0);
    this.#points = createPoints(lattice.values, lattice.queryCount);
    const pointCount = lattice.lineCountX * lattice.lineCountY;
    for (let point = 0; point < pointCount; point++) {
      completePoint(this.#points, point, lattice.queryCount, rules.scale, this.#largestThreshold > 0);
    }
    this.#writer = new RunWriter(lattice.widthPx, lattice.heightPx);
    this.#cellLabels = new Int32Array(lattice.columns.length);
    this.#cellQueries = [];
    this.#stretchEnds = new Int32Array(lattice.widthPx);
    this.#stretchLabels = new Int32Array(lattice.widthPx);
    this.#pixels = new Uint16Array(lattice.widthPx * BLOCK_PX);
    this.#blockPoints = createPoints(new Float64Array(4 * lattice.queryCount), lattice.queryCount);
  }

  run(): LabelRuns {
    for (const row of this.#lattice.rows) {
      const isDecided = this.#decideCells(row);
      const bandPx = isDecided ? row.end - row.start : BLOCK_PX;
      for (let y = row.start; y < row.end; y += bandPx)
        this.#paintBand(row, y, Math.min(y + bandPx, row.end));
    }
    return this.#writer.finish();
  }

  /** Judges the cells between two lines by their corners; true when nothing is left to look at. */
  #decideCells(row: AxisCell): boolean {
    const { columns, lineCountX, queryCount } = this.#lattice;
    let isDecided = true;
    for (let index = 0; index < columns.length; index++) {
      const { lineA, lineB } = columns[index]!;
      const corners: Corners = {
        a: row.lineA * lineCountX + lineA,
        b: row.lineA * lineCountX + lineB,
        c: row.lineB * lineCountX + lineA,
        d: row.lineB * lineCountX + lineB,
      };
      const label = decideRectangle(this.#points, corners, this.#rules, queryCount);
      this.#cellLabels[index] = label;
      if (label !== UNDECIDED) continue;
      isDecided = false;
      const queries = (this.#cellQueries[index] ??= createCellQueries(this.#rules));
      selectQueries(queries, this.#lattice, this.#points, corners, this.#rules, this.#largestThreshold);
    }
    return isDecided;
  }

  /** Labels rows `y0` … `y1 − 1` of one row of cells; at most BLOCK_PX of them unless all cells are decided. */
  #paintBand(row: AxisCell, y0: number, y1: number): void {
    const { columns } = this.#lattice;
    this.#stretchCount = 0;
    let hasPixels = false;
    for (let index = 0; index < columns.length; index++) {
      const label = this.#cellLabels[index]!;
      const column = columns[index]!;
      if (label !== UNDECIDED) this.#addStretch(label, column.end);
      else if (this.#paintCell(this.#cellQueries[index]!, column, row, y0, y1)) hasPixels = true;
    }
    if (hasPixels) {
      for (let y = y0; y < y1; y++) this.#writeRow((y - y0) * this.#lattice.widthPx);
    } else {
      this.#writeRow(0);
      this.#writer.repeatRow(y1 - y0 - 1);
    }
  }

  /** Settles the blocks of one undecided cell; true when some went to #pixels. */
  #paintCell(queries: CellQueries, column: AxisCell, row: AxisCell, y0: number, y1: number): boolean {
    const points = this.#blockPoints;
    const top = row.position + (y0 - row.start) * row.step;
    const bottom = row.position + (y1 - 1 - row.start) * row.step;
    let hasPixels = false;
    let left = 0;
    this.#evaluateEdge(queries, column.position, top, bottom, left);
    for (let x0 = column.start; x0 < column.end; x0 += BLOCK_PX) {
      const x1 = Math.min(x0 + BLOCK_PX, column.end);
      const right = 2 - left;
      // The next block's first pixel, or the last of the cell: nothing between corners may be missed.
      const edgePx = x1 === column.end ? x1 - 1 : x1;
      this.#evaluateEdge(
        queries,
        column.position + (edgePx - column.start) * column.step,
        top,
        bottom,
        right,
      );
      const corners: Corners = { a: left, b: right, c: left + 1, d: right + 1 };
      const label = decideRectangle(points, corners, queries, queries.count);
      if (label === UNDECIDED) {
        this.#paintBlock(queries, column, x0, x1, top, row.step, y1 - y0);
        hasPixels = true;
      }
      this.#addStretch(label, x1);
      left = right;
    }
    return hasPixels;
  }

  #evaluateEdge(queries: CellQueries, x: number, top: number, bottom: number, point: number): void {
    evaluatePoint(queries, x, top, this.#blockPoints, point);
    evaluatePoint(queries, x, bottom, this.#blockPoints, point + 1);
  }

  #paintBlock(
    queries: CellQueries,
    column: AxisCell,
    x0: number,
    x1: number,
    top: number,
    stepY: number,
    rows: number,
  ): void {
    const place = {
      x: column.position + (x0 - column.start) * column.step,
      stepX: column.step,
      y: top,
      stepY,
      columns: x1 - x0,
      rows,
    };
    const paint = queries.needsSum ? paintProbabilities : paintWinners;
    paint(queries, place, this.#pixels, x0, this.#lattice.widthPx);
  }

  #addStretch(label: number, end: number): void {
    const last = this.#stretchCount - 1;
    if (last >= 0 && this.#stretchLabels[last] === label) {
      this.#stretchEnds[last] = end;
      return;
    }
    this.#stretchEnds[this.#stretchCount] = end;
    this.#stretchLabels[this.#stretchCount] = label;
    this.#stretchCount++;
  }

  #writeRow(pixelRow: number): void {
    const writer = this.#writer;
    let x = 0;
    for (let stretch = 0; stretch < this.#stretchCount; stretch++) {
      const end = this.#stretchEnds[stretch]!;
      const label = this.#stretchLabels[stretch]!;
      if (label === UNDECIDED) this.#writePixels(pixelRow, x, end);
      else writer.append(label, end);
      x = end;
    }
    writer.endRow();
  }

  #writePixels(pixelRow: number, start: number, end: number): void {
    const pixels = this.#pixels;
    let label = pixels[pixelRow + start]!;
    for (let x = start + 1; x < end; x++) {
      const next = pixels[pixelRow + x]!;
      if (next === label) continue;
      this.#writer.append(label, x);
      label = next;
    }
    this.#writer.append(label, end);
  }
}
