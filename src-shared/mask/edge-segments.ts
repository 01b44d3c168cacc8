// The boundary of a mask as horizontal segments on pixel corners, linked by vertical edges to closed rings. Set
// pixels lie to the right of the direction of travel; pixels that touch at a corner only are kept apart.

import { forEachRun, type TileMask } from './tile-mask.ts';

/** Segments by index; those of one ring are linked by `next`, each from its own end to the start of the next. */
export interface EdgeSegments {
  count: number;
  y: number[];
  left: number[];
  right: number[];
  /** True when the set pixels lie below: travels to the right; otherwise to the left. */
  isTop: boolean[];
  next: number[];
}

/** Time and memory grow with the number of runs of the mask. Segments come sorted by y, then by x. */
export function edgeSegments(mask: TileMask): EdgeSegments {
  const linker = new SegmentLinker();
  let row = -1;
  let above: number[] = [];
  let current: number[] = [];
  const closeRow = (nextRow: number): void => {
    if (row >= 0) linker.addLine(row, above, current);
    if (row >= 0 && nextRow > row + 1) {
      linker.addLine(row + 1, current, []);
      above = [];
    } else {
      above = current;
    }
    current = [];
    row = nextRow;
  };
  forEachRun(mask, (y, x0, x1Exclusive) => {
    if (y !== row) closeRow(y);
    current.push(x0, x1Exclusive);
  });
  if (row >= 0) closeRow(Infinity);
  return linker.segments;
}

class SegmentLinker {
  readonly segments: EdgeSegments = { count: 0, y: [], left: [], right: [], isTop: [], next: [] };
  /** Vertical edges on their way down by column: segment + 1 when it is left there, negated when it is entered. */
  readonly #pending = new Map<number, number>();

  /** One line of pixel corners; `above` and `below` are run ends (x0, x1, x0, x1, …) of the rows it separates. */
  addLine(y: number, above: readonly number[], below: readonly number[]): void {
    const { segments } = this;
    const first = segments.count;
    let a = 0;
    let b = 0;
    let x = -1;
    while (a < above.length || b < below.length) {
      const nextX = Math.min(above[a] ?? Infinity, below[b] ?? Infinity);
      if (a % 2 !== b % 2) this.#addSegment(y, x, nextX, b % 2 === 1);
      while (above[a] === nextX) a++;
      while (below[b] === nextX) b++;
      x = nextX;
    }
    // Edges that come from above end before edges that go down begin: at a corner where two pixels touch
    // diagonally both happen in one column.
    const last = segments.count;
    const downwards: number[] = [];
    for (let i = first; i < last; i++) {
      const isTop = segments.isTop[i]!;
      for (const isStart of [true, false]) {
        const isLeftEnd = isStart === isTop;
        const column = isLeftEnd ? segments.left[i]! : segments.right[i]!;
        // The vertical edge bounds this segment's own pixels unless those go on beyond its end.
        const isSolidBeyond = isInsideRun(isTop ? below : above, column, isLeftEnd);
        const goesDown = isSolidBeyond ? !isTop : isTop;
        const code = isStart ? -(i + 1) : i + 1;
        if (goesDown) downwards.push(column, code);
        else this.#connect(column, code);
      }
    }
    for (let k = 0; k < downwards.length; k += 2) this.#pending.set(downwards[k]!, downwards[k + 1]!);
  }

  #addSegment(y: number, left: number, right: number, isTop: boolean): void {
    const { segments } = this;
    segments.y.push(y);
    segments.left.push(left);
    segments.right.push(right);
    segments.isTop.push(isTop);
    segments.next.push(-1);
    segments.count++;
  }

  #connect(column: number, code: number): void {
    const other = this.#pending.get(column)!;
    this.#pending.delete(column);
    // One side is the end of a segment (positive), the other one the start of the next (negative).
    if (code > 0) this.segments.next[code - 1] = -other - 1;
    else this.segments.next[other - 1] = -code - 1;
  }
}

/** Does the run that holds the pixels next to `column` on the segment's side go on beyond it? */
function isInsideRun(runs: readonly number[], column: number, isLeftEnd: boolean): boolean {
  let low = 0;
  let high = runs.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (runs[middle]! < column || (runs[middle] === column && !isLeftEnd)) low = middle + 1;
    else high = middle;
  }
  // `low` counts the ends before the column: at a left end those < column, at a right end those ≤ column.
  return low % 2 === 1;
}
