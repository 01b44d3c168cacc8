// Parts and holes of a mask. A hole is clear, 4-connected and does not reach the border of the image, which is the
// counterpart of parts that are 8-connected.

import {
  cloneMask,
  createMask,
  fillRun,
  forEachRun,
  getPixel,
  maskBox,
  type RunSink,
  type TileMask,
} from './tile-mask.ts';
import { labelRuns, RunTable, type Connectivity, type RunLabels } from './run-table.ts';

export type { Connectivity };

/** One mask for each part, ordered by the part's first pixel in row-major order. */
export function connectedComponents(mask: TileMask, connectivity: Connectivity): TileMask[] {
  const runs = runsOf(mask);
  const { labels, count } = labelRuns(runs, connectivity);
  const parts = Array.from({ length: count }, () => createMask(mask.widthPx, mask.heightPx));
  for (let i = 0; i < runs.count; i++) {
    fillRun(parts[labels[i]!]!, runs.rows[i]!, runs.starts[i]!, runs.ends[i]!);
  }
  return parts;
}

export function partCount(mask: TileMask, connectivity: Connectivity = 8): number {
  return labelRuns(runsOf(mask), connectivity).count;
}

/** A copy without the parts of fewer than `minAreaPx` pixels. */
export function dropSpecks(mask: TileMask, minAreaPx: number, connectivity: Connectivity = 8): TileMask {
  const runs = runsOf(mask);
  const { labels, areas } = labelRuns(runs, connectivity);
  const result = createMask(mask.widthPx, mask.heightPx);
  for (let i = 0; i < runs.count; i++) {
    if (areas[labels[i]!]! < minAreaPx) continue;
    fillRun(result, runs.rows[i]!, runs.starts[i]!, runs.ends[i]!);
  }
  return result;
}

/** A copy in which every hole of at most `maxHoleAreaPx` pixels is set. */
export function fillHoles(mask: TileMask, maxHoleAreaPx = Infinity): TileMask {
  const result = cloneMask(mask);
  const { runs, labels, outside } = clearRuns(mask);
  for (let i = 0; i < runs.count; i++) {
    const label = labels.labels[i]!;
    if (label === outside || labels.areas[label]! > maxHoleAreaPx) continue;
    fillRun(result, runs.rows[i]!, runs.starts[i]!, runs.ends[i]!);
  }
  return result;
}

/** The hole that holds the pixel, as a mask; null when the pixel is set or lies outside every hole. */
export function holeAt(mask: TileMask, x: number, y: number): TileMask | null {
  if (getPixel(mask, x, y)) return null;
  const { runs, labels, outside } = clearRuns(mask);
  let wanted = -1;
  for (let i = 0; i < runs.count && wanted < 0; i++) {
    if (runs.rows[i] === y && runs.starts[i]! <= x && x < runs.ends[i]!) wanted = labels.labels[i]!;
  }
  if (wanted < 0 || wanted === outside) return null;
  const hole = createMask(mask.widthPx, mask.heightPx);
  for (let i = 0; i < runs.count; i++) {
    if (labels.labels[i] === wanted) fillRun(hole, runs.rows[i]!, runs.starts[i]!, runs.ends[i]!);
  }
  return hole;
}

export function holeCount(mask: TileMask): number {
  const { labels } = clearRuns(mask);
  return Math.max(0, labels.count - 1);
}

function runsOf(mask: TileMask): RunTable {
  const runs = new RunTable();
  forEachRun(mask, (y, x0, x1Exclusive) => runs.push(y, x0, x1Exclusive));
  return runs;
}

/** Clear runs of the mask's box with a frame of one pixel around it; the frame belongs to component `outside`. */
function clearRuns(mask: TileMask): { runs: RunTable; labels: RunLabels; outside: number } {
  const [left, top, width, height] = maskBox(mask);
  const runs = new RunTable();
  const right = left + width + 1;
  let row = top - 1;
  let cursor = left - 1;
  const closeRow = (): void => {
    if (cursor < right) runs.push(row, cursor, right);
    row++;
    cursor = left - 1;
  };
  const onRun: RunSink = (y, x0, x1Exclusive) => {
    while (row < y) closeRow();
    if (cursor < x0) runs.push(row, cursor, x0);
    cursor = x1Exclusive;
  };
  if (width > 0) {
    forEachRun(mask, onRun);
    while (row <= top + height) closeRow();
  }
  // The frame's first row is the first run.
  return { runs, labels: labelRuns(runs, 4), outside: 0 };
}
