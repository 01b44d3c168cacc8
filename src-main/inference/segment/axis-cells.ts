// One axis of the label map: which lines of the lattice there are and which pixels of the original image lie
// between two lines, with their linear position. Knows no values.

import type { WindowFeatures } from '#main/workers/messages.ts';

/** Pixels `start` … `end − 1` of the original image, between two lattice lines. */
export interface AxisCell {
  lineA: number;
  lineB: number;
  start: number;
  end: number;
  /** Position 0..1 between the lines of pixel `start`, and its growth per pixel. */
  position: number;
  step: number;
}

/** A window's extent along one axis of the resized picture. */
export interface WindowSpan {
  start: number;
  end: number;
  padBefore: number;
  gridCount: number;
  patchPx: number;
}

export function columnSpan(window: WindowFeatures): WindowSpan {
  const { x0, x1, padLeft, padRight, gridColumns } = window;
  const patchPx = (x1 - x0 + padLeft + padRight) / gridColumns;
  return { start: x0, end: x1, padBefore: padLeft, gridCount: gridColumns, patchPx };
}

export function rowSpan(window: WindowFeatures): WindowSpan {
  const { y0, y1, padTop, padBottom, gridRows } = window;
  const patchPx = (y1 - y0 + padTop + padBottom) / gridRows;
  return { start: y0, end: y1, padBefore: padTop, gridCount: gridRows, patchPx };
}

/**
 * Patch positions (in grid units, torch's `align_corners=False`, clamped at both ends) of a resized sample inside a
 * window.
 */
export function gridPosition(span: WindowSpan, sample: number): number {
  const position = (sample - span.start + span.padBefore + 0.5) / span.patchPx - 0.5;
  return Math.min(Math.max(position, 0), span.gridCount - 1);
}

/**
 * Samples of the resized picture between which the mean of all windows is exactly linear: both ends of every
 * longest stretch in which each window covering it stays between the same two patch centres.
 *
 * @returns ascending sample indices, first 0, last `sidePx − 1`
 */
export function latticeLines(spans: readonly WindowSpan[], sidePx: number): number[] {
  /** 1 where the stretch that ends at the sample before is left. */
  const isBreak = new Uint8Array(sidePx + 1);
  isBreak[0] = 1;
  isBreak[sidePx] = 1;
  for (const span of spans) {
    isBreak[span.start] = 1;
    isBreak[span.end] = 1;
    let before = segmentOf(span, span.start);
    for (let sample = span.start + 1; sample < span.end; sample++) {
      const segment = segmentOf(span, sample);
      if (segment !== before) isBreak[sample] = 1;
      before = segment;
    }
  }
  const lines: number[] = [];
  for (let sample = 0; sample < sidePx; sample++) {
    if (isBreak[sample] === 1 || isBreak[sample + 1] === 1) lines.push(sample);
  }
  return lines;
}

/** Number of the linear piece; −1 before the first patch centre, where the value is constant. */
function segmentOf(span: WindowSpan, sample: number): number {
  return Math.max(Math.floor((sample - span.start + span.padBefore + 0.5) / span.patchPx - 0.5), -1);
}

/**
 * Cells of the original image's pixels when the samples are enlarged or shrunk to it (bilinear,
 * `align_corners=False`): pixel p sits at (p + 0.5)·samples/pixels − 0.5, clamped.
 *
 * @param lines lattice lines in samples, ascending, at least one
 * @param sampleCount length of the sampled axis
 * @param pixelCount length of the original axis
 * @returns ascending cells that cover every pixel once; cells without pixels are left out
 */
export function axisCells(lines: readonly number[], sampleCount: number, pixelCount: number): AxisCell[] {
  const scale = sampleCount / pixelCount;
  const last = lines.length - 1;
  const cells: AxisCell[] = [];
  let pixel = 0;
  const sampleAt = (p: number): number => (p + 0.5) * scale - 0.5;
  const add = (lineA: number, lineB: number, isInside: (sample: number) => boolean): void => {
    const start = pixel;
    while (pixel < pixelCount && isInside(sampleAt(pixel))) pixel++;
    if (pixel === start) return;
    const length = lines[lineB]! - lines[lineA]!;
    const position = length === 0 ? 0 : (sampleAt(start) - lines[lineA]!) / length;
    cells.push({ lineA, lineB, start, end: pixel, position, step: length === 0 ? 0 : scale / length });
  };
  // Pixels before the first and after the last sample are clamped: cells of their own, so that every cell is linear.
  add(0, 0, (sample) => sample < lines[0]!);
  for (let line = 0; line < last; line++) add(line, line + 1, (sample) => sample < lines[line + 1]!);
  add(last, last, () => true);
  return cells;
}
