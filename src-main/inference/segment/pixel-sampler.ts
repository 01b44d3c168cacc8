// Cosines and winning probability at single pixels of the original image, exactly as the label map sees them.

import type { AxisCell } from './axis-cells.ts';
import type { CosineLattice } from './cosine-lattice.ts';
import { fastExp } from './fast-exp.ts';

export interface PixelWinner {
  /** First query with the largest cosine. */
  query: number;
  /** Its softmax probability over all queries. */
  probability: number;
}

export class PixelSampler {
  readonly #lattice: CosineLattice;
  readonly #scale: number;
  readonly #columnOf: Int32Array;
  readonly #rowOf: Int32Array;
  readonly #cosines: Float64Array;

  constructor(lattice: CosineLattice, scale: number) {
    this.#lattice = lattice;
    this.#scale = scale;
    this.#columnOf = cellOfPixel(lattice.columns, lattice.widthPx);
    this.#rowOf = cellOfPixel(lattice.rows, lattice.heightPx);
    this.#cosines = new Float64Array(lattice.queryCount);
  }

  /** Cosine of each query at a pixel; the array is reused by the next call. */
  cosinesAt(xPx: number, yPx: number): Float64Array {
    const { columns, rows, lineCountX, queryCount, values } = this.#lattice;
    const column = columns[this.#columnOf[xPx]!]!;
    const row = rows[this.#rowOf[yPx]!]!;
    const x = column.position + (xPx - column.start) * column.step;
    const y = row.position + (yPx - row.start) * row.step;
    const a = (row.lineA * lineCountX + column.lineA) * queryCount;
    const b = (row.lineA * lineCountX + column.lineB) * queryCount;
    const c = (row.lineB * lineCountX + column.lineA) * queryCount;
    const d = (row.lineB * lineCountX + column.lineB) * queryCount;
    for (let query = 0; query < queryCount; query++) {
      const upper = values[a + query]! * (1 - x) + values[b + query]! * x;
      const lower = values[c + query]! * (1 - x) + values[d + query]! * x;
      this.#cosines[query] = upper * (1 - y) + lower * y;
    }
    return this.#cosines;
  }

  winnerAt(xPx: number, yPx: number): PixelWinner {
    const cosines = this.cosinesAt(xPx, yPx);
    let query = 0;
    for (let i = 1; i < cosines.length; i++) if (cosines[i]! > cosines[query]!) query = i;
    const largest = cosines[query]!;
    let sum = 0;
    for (let i = 0; i < cosines.length; i++) sum += fastExp(this.#scale * (cosines[i]! - largest));
    return { query, probability: 1 / sum };
  }
}

function cellOfPixel(cells: readonly AxisCell[], pixelCount: number): Int32Array {
  const cellOf = new Int32Array(pixelCount);
  cells.forEach((cell, index) => cellOf.fill(index, cell.start, cell.end));
  return cellOf;
}
