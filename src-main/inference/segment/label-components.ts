// Connected components of a label map, found on its runs: equal labels that touch along a side or a corner
// (8-connectivity). Unlabelled pixels belong to none. Knows no classes and no minimum size.

import { UNLABELLED, type LabelRuns } from './label-runs.ts';

export const NO_COMPONENT = -1;

export interface LabelComponents {
  /** Component of each run of the label map, NO_COMPONENT for unlabelled runs. */
  ofRun: Int32Array;
  /** Components are numbered by their topmost, then leftmost run. */
  count: number;
  /** Label, pixel count and tight box (right and bottom exclusive) of each component. */
  labels: Uint16Array;
  areaPx: Float64Array;
  left: Int32Array;
  top: Int32Array;
  right: Int32Array;
  bottom: Int32Array;
}

export function labelComponents(runs: LabelRuns): LabelComponents {
  const parents = joinRuns(runs);
  const count = numberRoots(runs, parents);
  return measure(runs, parents, count);
}

/** Forest of runs in which every tree is a component; a parent never comes after its child. */
function joinRuns(runs: LabelRuns): Int32Array {
  const { rowStart, ends, labels, heightPx } = runs;
  const parents = new Int32Array(ends.length);
  for (let run = 0; run < parents.length; run++) parents[run] = run;
  for (let y = 1; y < heightPx; y++) {
    let above = rowStart[y - 1]!;
    const aboveEnd = rowStart[y]!;
    let aboveLeft = 0;
    let left = 0;
    for (let run = rowStart[y]!; run < rowStart[y + 1]!; run++) {
      const right = ends[run]!;
      const label = labels[run]!;
      // Runs above that end before `left` cannot touch this run nor a later one.
      while (above < aboveEnd && ends[above]! < left) aboveLeft = ends[above++]!;
      let start = aboveLeft;
      for (let other = above; other < aboveEnd && start <= right; other++) {
        if (labels[other] === label && label !== UNLABELLED) join(parents, other, run);
        start = ends[other]!;
      }
      left = right;
    }
  }
  return parents;
}

function join(parents: Int32Array, a: number, b: number): void {
  const rootA = rootOf(parents, a);
  const rootB = rootOf(parents, b);
  if (rootA < rootB) parents[rootB] = rootA;
  else parents[rootA] = rootB;
}

function rootOf(parents: Int32Array, run: number): number {
  let root = run;
  while (parents[root] !== root) {
    parents[root] = parents[parents[root]!]!;
    root = parents[root]!;
  }
  return root;
}

/** Replaces the parents by component numbers, in place. */
function numberRoots(runs: LabelRuns, parents: Int32Array): number {
  let count = 0;
  for (let run = 0; run < parents.length; run++) {
    if (runs.labels[run] === UNLABELLED) parents[run] = NO_COMPONENT;
    else if (parents[run] === run) parents[run] = count++;
    else parents[run] = parents[parents[run]!]!;
  }
  return count;
}

function measure(runs: LabelRuns, ofRun: Int32Array, count: number): LabelComponents {
  const { rowStart, ends } = runs;
  const labels = new Uint16Array(count);
  const areaPx = new Float64Array(count);
  const left = new Int32Array(count).fill(runs.widthPx);
  const top = new Int32Array(count).fill(-1);
  const right = new Int32Array(count);
  const bottom = new Int32Array(count);
  for (let y = 0; y < runs.heightPx; y++) {
    let start = 0;
    for (let run = rowStart[y]!; run < rowStart[y + 1]!; run++) {
      const end = ends[run]!;
      const component = ofRun[run]!;
      if (component !== NO_COMPONENT) {
        labels[component] = runs.labels[run]!;
        areaPx[component]! += end - start;
        if (start < left[component]!) left[component] = start;
        if (end > right[component]!) right[component] = end;
        if (top[component] === -1) top[component] = y;
        bottom[component] = y + 1;
      }
      start = end;
    }
  }
  return { ofRun, count, labels, areaPx, left, top, right, bottom };
}
