// Labels of the pixels of one small block, one by one: the best of a few linear functions per row where only the
// winner matters, otherwise softmax terms that grow by constant factors along a row, so that a pixel costs a
// multiplication per query and no exponential.

import type { CellQueries } from './cell-queries.ts';
import { fastExp } from './fast-exp.ts';

export const BLOCK_PX = 16;

/** Where a block lies in its cell: positions 0..1 of its first pixel and their growth per pixel. */
export interface BlockPlace {
  x: number;
  stepX: number;
  y: number;
  stepY: number;
  /** Size in pixels, both at most BLOCK_PX. */
  columns: number;
  rows: number;
}

const best = new Float64Array(BLOCK_PX);
const sums = new Float64Array(BLOCK_PX);
const winners = new Int32Array(BLOCK_PX);

/** Writes the labels of the best queries into `out`, row after row, `outStride` apart. */
export function paintWinners(
  cell: CellQueries,
  place: BlockPlace,
  out: Uint16Array,
  outStart: number,
  outStride: number,
): void {
  const { functions, labels, count } = cell;
  const { columns } = place;
  for (let row = 0; row < place.rows; row++) {
    const y = place.y + row * place.stepY;
    for (let query = 0, at = 0; query < count; query++, at += 4) {
      const slope = functions[at + 1]! + functions[at + 3]! * y;
      const step = slope * place.stepX;
      let value = functions[at]! + functions[at + 2]! * y + slope * place.x;
      for (let column = 0; column < columns; column++, value += step) {
        if (query !== 0 && value <= best[column]!) continue;
        best[column] = value;
        winners[column] = query;
      }
    }
    const start = outStart + row * outStride;
    for (let column = 0; column < columns; column++) out[start + column] = labels[winners[column]!]!;
  }
}

const terms = { first: new Float64Array(0), factorX: new Float64Array(0), factorY: new Float64Array(0) };
let factorXY = new Float64Array(0);

/** Like `paintWinners`, with the rules' thresholds on the winning probability. */
export function paintProbabilities(
  cell: CellQueries,
  place: BlockPlace,
  out: Uint16Array,
  outStart: number,
  outStride: number,
): void {
  startTerms(cell, place);
  const { count } = cell;
  const { columns } = place;
  const { first, factorX, factorY } = terms;
  for (let row = 0; row < place.rows; row++) {
    for (let query = 0; query < count; query++) {
      const factor = factorX[query]!;
      let term = first[query]!;
      if (query === 0) startRow(term, factor, columns);
      else {
        for (let column = 0; column < columns; column++, term *= factor) {
          sums[column]! += term;
          if (term <= best[column]!) continue;
          best[column] = term;
          winners[column] = query;
        }
      }
      first[query]! *= factorY[query]!;
      factorX[query] = factor * factorXY[query]!;
    }
    writeRow(cell, columns, out, outStart + row * outStride);
  }
}

function startRow(firstTerm: number, factor: number, columns: number): void {
  let term = firstTerm;
  for (let column = 0; column < columns; column++, term *= factor) {
    sums[column] = term;
    best[column] = term;
    winners[column] = 0;
  }
}

function writeRow(cell: CellQueries, columns: number, out: Uint16Array, start: number): void {
  const { labels, thresholds, belowLabel } = cell;
  for (let column = 0; column < columns; column++) {
    const winner = winners[column]!;
    out[start + column] = best[column]! >= thresholds[winner]! * sums[column]! ? labels[winner]! : belowLabel;
  }
}

/** Terms exp(scale · (cosine − cosine of query 0)) of the block's first pixel and their factors per pixel. */
function startTerms(cell: CellQueries, place: BlockPlace): void {
  const { functions, count, scale } = cell;
  if (terms.first.length < count) {
    const capacity = cell.labels.length;
    terms.first = new Float64Array(capacity);
    terms.factorX = new Float64Array(capacity);
    terms.factorY = new Float64Array(capacity);
    factorXY = new Float64Array(capacity);
  }
  for (let query = 0, at = 0; query < count; query++, at += 4) {
    const slopeX = functions[at + 1]! - functions[1]!;
    const slopeY = functions[at + 2]! - functions[2]!;
    const bend = functions[at + 3]! - functions[3]!;
    const { x, y } = place;
    const lead = functions[at]! - functions[0]! + slopeX * x + slopeY * y + bend * x * y;
    terms.first[query] = fastExp(scale * lead);
    terms.factorX[query] = fastExp(scale * place.stepX * (slopeX + bend * y));
    terms.factorY[query] = fastExp(scale * place.stepY * (slopeY + bend * x));
    factorXY[query] = fastExp(scale * place.stepX * place.stepY * bend);
  }
}
