// A label map as runs: for every row, stretches of equal labels from the left to the right border. Rows of a label
// map have few changes, so everything after the label map works on runs instead of pixels.

/** Pixel without a class. */
export const UNLABELLED = 0xffff;

export interface LabelRuns {
  widthPx: number;
  heightPx: number;
  /** Runs of row y are rowStart[y] … rowStart[y + 1] − 1. */
  rowStart: Int32Array;
  /** End of each run (exclusive); it starts where the run before it ends, the first of a row at 0. */
  ends: Int32Array;
  /** Class index of each run, or UNLABELLED; neighbours in a row differ. */
  labels: Uint16Array;
}

/** Collects runs row by row, from the top, left to right. */
export class RunWriter {
  readonly #widthPx: number;
  readonly #heightPx: number;
  readonly #rowStart: Int32Array;
  #ends = new Int32Array(1 << 14);
  #labels = new Uint16Array(1 << 14);
  #count = 0;
  #row = 0;

  constructor(widthPx: number, heightPx: number) {
    this.#widthPx = widthPx;
    this.#heightPx = heightPx;
    this.#rowStart = new Int32Array(heightPx + 1);
  }

  /** Continues the row up to `end` (exclusive) with `label`; equal neighbours become one run. */
  append(label: number, end: number): void {
    const count = this.#count;
    if (count > this.#rowStart[this.#row]! && this.#labels[count - 1] === label) {
      this.#ends[count - 1] = end;
      return;
    }
    if (count === this.#ends.length) this.#grow(count * 2);
    this.#ends[count] = end;
    this.#labels[count] = label;
    this.#count = count + 1;
  }

  endRow(): void {
    this.#row++;
    this.#rowStart[this.#row] = this.#count;
  }

  /** Writes the finished row above `times` more times. */
  repeatRow(times: number): void {
    const from = this.#rowStart[this.#row - 1]!;
    const length = this.#count - from;
    while (this.#count + length * times > this.#ends.length) this.#grow(this.#ends.length * 2);
    for (let i = 0; i < times; i++) {
      this.#ends.copyWithin(this.#count, from, from + length);
      this.#labels.copyWithin(this.#count, from, from + length);
      this.#count += length;
      this.endRow();
    }
  }

  finish(): LabelRuns {
    return {
      widthPx: this.#widthPx,
      heightPx: this.#heightPx,
      rowStart: this.#rowStart,
      ends: this.#ends.subarray(0, this.#count),
      labels: this.#labels.subarray(0, this.#count),
    };
  }

  #grow(capacity: number): void {
    const ends = new Int32Array(capacity);
    ends.set(this.#ends);
    this.#ends = ends;
    const labels = new Uint16Array(capacity);
    labels.set(this.#labels);
    this.#labels = labels;
  }
}

/** The label of every pixel, row-major. */
export function labelImage(runs: LabelRuns): Uint16Array {
  const image = new Uint16Array(runs.widthPx * runs.heightPx);
  for (let y = 0; y < runs.heightPx; y++) {
    const row = y * runs.widthPx;
    let start = 0;
    for (let run = runs.rowStart[y]!; run < runs.rowStart[y + 1]!; run++) {
      image.fill(runs.labels[run]!, row + start, row + runs.ends[run]!);
      start = runs.ends[run]!;
    }
  }
  return image;
}
