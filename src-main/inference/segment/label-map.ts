// From the lattice of cosines to the label map at the original image's size. Exact, but work grows with the length
// of the boundaries: cells and blocks that are certain are labelled as a whole, only the rest pixel by pixel.

import type { AxisCell } from './axis-cells.ts';
import { createCellQueries, evaluatePoint, selectQueries, type CellQueries } from './cell-queries.ts';
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

/** Undecided blocks are halved down to this side before single pixels are looked at. */
const LEAF_PX = 8;
/** Four corners and two points for each halving. */
const MAX_BLOCK_POINTS = 4 + 2 * 8;

interface Block {
  queries: CellQueries;
  column: AxisCell;
  row: AxisCell;
  x0: number;
  x1: number;
  y0: number;
  y1: number;
  /** First image row of the buffer of pixels. */
  bandTop: number;
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
  /** Corners of the present block (left top, left bottom, right top, right bottom; left and right swap), then of its parts. */
  readonly #blockPoints: QueryPoints;
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
    this.#stretchEnds = new Int32Array(lattice.widthPx);
    this.#stretchLabels = new Int32Array(lattice.widthPx);
    this.#pixels = new Uint16Array(lattice.widthPx * BLOCK_PX);
    this.#blockPoints = createPoints(
      new Float64Array(MAX_BLOCK_POINTS * lattice.queryCount),
      lattice.queryCount,
    );
    this.#painter = new BlockPainter(lattice.queryCount);
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
    // Corners lie on the next block's first pixel, or on the cell's last one: no pixel is outside its corners.
    const edgeY = Math.min(y1, row.end - 1);
    let hasPixels = false;
    let left = 0;
    evaluatePoint(queries, positionOf(column, column.start), positionOf(row, y0), points, left);
    evaluatePoint(queries, positionOf(column, column.start), positionOf(row, edgeY), points, left + 1);
    for (let x0 = column.start; x0 < column.end; x0 += BLOCK_PX) {
      const x1 = Math.min(x0 + BLOCK_PX, column.end);
      const right = 2 - left;
      const edgeX = positionOf(column, Math.min(x1, column.end - 1));
      evaluatePoint(queries, edgeX, positionOf(row, y0), points, right);
      evaluatePoint(queries, edgeX, positionOf(row, edgeY), points, right + 1);
      const corners: Corners = { a: left, b: right, c: left + 1, d: right + 1 };
      const label = decideRectangle(points, corners, queries, queries.count);
      if (label === UNDECIDED) {
        this.#splitBlock({ queries, column, row, x0, x1, y0, y1, bandTop: y0 }, corners, 4);
        hasPixels = true;
      }
      this.#addStretch(label, x1);
      left = right;
    }
    return hasPixels;
  }

  /** Halves an undecided block across its longer side, or paints its pixels when it is small. */
  #splitBlock(block: Block, corners: Corners, freePoint: number): void {
    const { queries, column, row, x0, x1, y0, y1 } = block;
    const points = this.#blockPoints;
    const { a, b, c, d } = corners;
    if (x1 - x0 <= LEAF_PX && y1 - y0 <= LEAF_PX) {
      this.#paintLeaf(block, corners);
    } else if (x1 - x0 >= y1 - y0) {
      const middle = (x0 + x1) >> 1;
      const x = positionOf(column, middle);
      evaluatePoint(queries, x, positionOf(row, y0), points, freePoint);
      evaluatePoint(queries, x, positionOf(row, Math.min(y1, row.end - 1)), points, freePoint + 1);
      this.#settleBlock({ ...block, x1: middle }, { a, b: freePoint, c, d: freePoint + 1 }, freePoint + 2);
      this.#settleBlock({ ...block, x0: middle }, { a: freePoint, b, c: freePoint + 1, d }, freePoint + 2);
    } else {
      const middle = (y0 + y1) >> 1;
      const y = positionOf(row, middle);
      evaluatePoint(queries, positionOf(column, x0), y, points, freePoint);
      evaluatePoint(queries, positionOf(column, Math.min(x1, column.end - 1)), y, points, freePoint + 1);
      this.#settleBlock({ ...block, y1: middle }, { a, b, c: freePoint, d: freePoint + 1 }, freePoint + 2);
      this.#settleBlock({ ...block, y0: middle }, { a: freePoint, b: freePoint + 1, c, d }, freePoint + 2);
    }
  }

  #settleBlock(block: Block, corners: Corners, freePoint: number): void {
    const { queries, x0, x1, y0, y1, bandTop } = block;
    const label = decideRectangle(this.#blockPoints, corners, queries, queries.count);
    if (label === UNDECIDED) {
      this.#splitBlock(block, corners, freePoint);
      return;
    }
    for (let y = y0; y < y1; y++) {
      const start = (y - bandTop) * this.#lattice.widthPx;
      for (let x = start + x0; x < start + x1; x++) this.#pixels[x] = label;
    }
  }

  #paintLeaf(block: Block, corners: Corners): void {
    const { queries, column, row, x0, x1, y0, y1, bandTop } = block;
    const { widthPx } = this.#lattice;
    const place = {
      x: positionOf(column, x0),
      stepX: column.step,
      y: positionOf(row, y0),
      stepY: row.step,
      columns: x1 - x0,
      rows: y1 - y0,
    };
    const target = { labels: this.#pixels, start: (y0 - bandTop) * widthPx + x0, stride: widthPx };
    this.#painter.paint(queries, this.#blockPoints, corners, place, target);
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

/** Position 0..1 of a pixel in its cell. */
function positionOf(cell: AxisCell, pixel: number): number {
  return cell.position + (pixel - cell.start) * cell.step;
}
