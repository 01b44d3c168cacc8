// From the lattice of cosines to the label map at the original image's size. Exact, but work grows with the length
// of the boundaries: cells and blocks that are certain are labelled as a whole, only the rest pixel by pixel.

import type { AxisCell } from './axis-cells.ts';
import { CellLines } from './cell-lines.ts';
import { createCellQueries, selectQueries, type CellQueries } from './cell-queries.ts';
import type { CosineLattice } from './cosine-lattice.ts';
import { decideRectangle, UNDECIDED, type Corners } from './decide-rectangle.ts';
import { RunWriter, type LabelRuns } from './label-runs.ts';
import { NEVER, type LabelRules } from './label-rules.ts';
import { BLOCK_PX, BlockPainter } from './paint-block.ts';
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
  readonly #cellLines: CellLines[];
  /** Stretches of the present band, left to right: end and label, UNDECIDED where #pixels has the labels. */
  readonly #stretchEnds: Int32Array;
  readonly #stretchLabels: Int32Array;
  #stretchCount = 0;
  /** Labels of undecided blocks: BLOCK_PX rows of the image's width. */
  readonly #pixels: Uint16Array;
  /**
   * Corners of the present band's blocks in undecided cells: two lines, of which the upper one starts at #upper. The
   * points of a cell begin at its #cellPoint in each.
   */
  readonly #blockPoints: QueryPoints;
  readonly #cellPoint: Int32Array;
  readonly #linePoints: number;
  #upper = 0;
  readonly #painter: BlockPainter;

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
    this.#cellLines = lattice.columns.map(() => new CellLines(lattice.queryCount, BLOCK_PX));
    this.#stretchEnds = new Int32Array(lattice.widthPx);
    this.#stretchLabels = new Int32Array(lattice.widthPx);
    this.#pixels = new Uint16Array(lattice.widthPx * BLOCK_PX);
    this.#cellPoint = new Int32Array(lattice.columns.length);
    let points = 0;
    lattice.columns.forEach((column, index) => {
      this.#cellPoint[index] = points;
      points += CellLines.pointCount(column, BLOCK_PX);
    });
    this.#linePoints = points;
    this.#blockPoints = createPoints(new Float64Array(2 * points * lattice.queryCount), lattice.queryCount);
    this.#painter = new BlockPainter(lattice.queryCount);
  }

  run(): LabelRuns {
    for (const row of this.#lattice.rows) {
      if (this.#decideCells(row)) {
        this.#paintBand(row, row.start, row.end);
        continue;
      }
      this.#startLines(row);
      for (let y = row.start; y < row.end; y += BLOCK_PX) {
        const end = Math.min(y + BLOCK_PX, row.end);
        this.#writeLowerLines(row, end);
        this.#paintBand(row, y, end);
        this.#upper = this.#linePoints - this.#upper;
      }
    }
    return this.#writer.finish();
  }

  /** Evaluates the undecided cells of a row of cells along its first pixels, as upper line. */
  #startLines(row: AxisCell): void {
    const { columns } = this.#lattice;
    for (let index = 0; index < columns.length; index++) {
      if (this.#cellLabels[index] !== UNDECIDED) continue;
      const queries = this.#cellQueries[index]!;
      const lines = this.#cellLines[index]!;
      lines.start(queries, columns[index]!, row.position);
      if (row.end - row.start > BLOCK_PX) lines.prepareAdvance(queries, columns[index]!, row.step * BLOCK_PX);
      this.#writeLine(index, this.#upper);
    }
  }

  /** The lower corners lie on the next band's first pixels `end`, or on the last ones of the cells. */
  #writeLowerLines(row: AxisCell, end: number): void {
    const { columns } = this.#lattice;
    const isLast = end === row.end;
    for (let index = 0; index < columns.length; index++) {
      if (this.#cellLabels[index] !== UNDECIDED) continue;
      const queries = this.#cellQueries[index]!;
      const lines = this.#cellLines[index]!;
      if (isLast) lines.start(queries, columns[index]!, row.position + (end - 1 - row.start) * row.step);
      else lines.advance(queries);
      this.#writeLine(index, this.#linePoints - this.#upper);
    }
  }

  #writeLine(index: number, line: number): void {
    const first = line + this.#cellPoint[index]!;
    const count = CellLines.pointCount(this.#lattice.columns[index]!, BLOCK_PX);
    this.#cellLines[index]!.write(this.#cellQueries[index]!, this.#blockPoints, first, count);
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
      const queries = (this.#cellQueries[index] ??= createCellQueries(this.#rules, this.#largestThreshold));
      selectQueries(queries, this.#lattice, this.#points, corners, this.#rules);
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
      else if (this.#paintCell(index, row, y0, y1)) hasPixels = true;
    }
    if (hasPixels) {
      for (let y = y0; y < y1; y++) this.#writeRow((y - y0) * this.#lattice.widthPx);
    } else {
      this.#writeRow(0);
      this.#writer.repeatRow(y1 - y0 - 1);
    }
  }

  /** Settles the blocks of one undecided cell; true when some went to #pixels. */
  #paintCell(index: number, row: AxisCell, y0: number, y1: number): boolean {
    const queries = this.#cellQueries[index]!;
    const column = this.#lattice.columns[index]!;
    const points = this.#blockPoints;
    let upper = this.#upper + this.#cellPoint[index]!;
    let lower = this.#linePoints - this.#upper + this.#cellPoint[index]!;
    let hasPixels = false;
    for (let x0 = column.start; x0 < column.end; x0 += BLOCK_PX, upper++, lower++) {
      const x1 = Math.min(x0 + BLOCK_PX, column.end);
      const corners: Corners = { a: upper, b: upper + 1, c: lower, d: lower + 1 };
      const label = decideRectangle(points, corners, queries, queries.count);
      this.#addStretch(label, x1);
      if (label !== UNDECIDED) continue;
      hasPixels = true;
      const place = {
        x: column.position + (x0 - column.start) * column.step,
        stepX: column.step,
        y: row.position + (y0 - row.start) * row.step,
        stepY: row.step,
        columns: x1 - x0,
        rows: y1 - y0,
      };
      const target = { labels: this.#pixels, start: x0, stride: this.#lattice.widthPx };
      this.#painter.paint(queries, points, corners, place, target);
    }
    return hasPixels;
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
