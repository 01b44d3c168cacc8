// Runs of pixels in row-major order and the labelling of their connected components by union-find. Knows no tiles.

/** 4: pixels that share a side are neighbours; 8: those that share a corner, too. */
export type Connectivity = 4 | 8;

/** Rows in `rows`, columns x0..x1Exclusive-1 in the other two, all of length `count`. */
export class RunTable {
  rows = new Int32Array(256);
  starts = new Int32Array(256);
  ends = new Int32Array(256);
  count = 0;

  /** Runs must come in row-major order, apart from each other by at least one pixel. */
  push(y: number, x0: number, x1Exclusive: number): void {
    if (this.count === this.rows.length) {
      this.rows = doubled(this.rows);
      this.starts = doubled(this.starts);
      this.ends = doubled(this.ends);
    }
    this.rows[this.count] = y;
    this.starts[this.count] = x0;
    this.ends[this.count++] = x1Exclusive;
  }
}

function doubled(values: Int32Array): Int32Array<ArrayBuffer> {
  const larger = new Int32Array(values.length * 2);
  larger.set(values);
  return larger;
}

export interface RunLabels {
  /** Component of each run, 0-based, numbered by the first run in row-major order. */
  labels: Int32Array;
  count: number;
  /** Pixels of each component. */
  areas: Float64Array;
}

/** Labels connected components in time proportional to the number of runs. */
export function labelRuns(table: RunTable, connectivity: Connectivity): RunLabels {
  const parents = new Int32Array(table.count);
  for (let i = 0; i < table.count; i++) parents[i] = i;
  const reach = connectivity === 8 ? 1 : 0;
  // `above` walks the previous row in step with `i`: both rows are sorted.
  for (let i = 0, above = 0; i < table.count; i++) {
    const y = table.rows[i]!;
    while (above < i && table.rows[above]! < y - 1) above++;
    while (above < i && table.rows[above] === y - 1 && table.ends[above]! + reach <= table.starts[i]!)
      above++;
    for (let j = above; j < i && table.rows[j] === y - 1 && table.starts[j]! < table.ends[i]! + reach; j++) {
      join(parents, i, j);
    }
  }
  return numberRoots(table, parents);
}

function numberRoots(table: RunTable, parents: Int32Array): RunLabels {
  const labels = new Int32Array(table.count);
  let count = 0;
  // The root is the smallest index of its component, so it is met first.
  for (let i = 0; i < table.count; i++) {
    const root = findRoot(parents, i);
    labels[i] = root === i ? count++ : labels[root]!;
  }
  const areas = new Float64Array(count);
  for (let i = 0; i < table.count; i++) areas[labels[i]!]! += table.ends[i]! - table.starts[i]!;
  return { labels, count, areas };
}

function findRoot(parents: Int32Array, index: number): number {
  let i = index;
  while (parents[i] !== i) {
    parents[i] = parents[parents[i]!]!;
    i = parents[i]!;
  }
  return i;
}

function join(parents: Int32Array, a: number, b: number): void {
  const rootA = findRoot(parents, a);
  const rootB = findRoot(parents, b);
  if (rootA < rootB) parents[rootB] = rootA;
  else parents[rootA] = rootB;
}
