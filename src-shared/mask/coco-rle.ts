// COCO's run-length encoding: runs of the image read column by column, clear pixels first, as numbers or as the
// compressed string of pycocotools. The border between our row-major tiles and COCO; nothing else is column-major.

import { ColumnToggles } from './column-toggles.ts';
import { tilesAcross, type TileMask } from './tile-mask.ts';
import { lowestBit, TILE_SIZE, TILE_WORDS, WORDS_PER_ROW } from './tile-words.ts';

/**
 * Column-major run lengths of the mask, starting with clear pixels (0 when the first pixel is set); they add up to
 * width × height. Equal to what `pycocotools.mask.encode` gives.
 */
export function cocoCounts(mask: TileMask): Uint32Array {
  const changes = columnChanges(mask);
  const total = mask.widthPx * mask.heightPx;
  const counts = new Uint32Array(changes.length + 1);
  let length = 0;
  let previous = 0;
  for (let i = 0; i < changes.length; i++) {
    const place = changes[i]!;
    // A column that ends set and one that begins set meet in one place: no change at all.
    if (changes[i + 1] === place) {
      i++;
      continue;
    }
    if (place === total) break;
    counts[length++] = place - previous;
    previous = place;
  }
  counts[length++] = total - previous;
  return counts.subarray(0, length);
}

let scratchCodes = new Uint32Array(4096);
const columnEnds = new Uint32Array(33);

/** Places x * height + y of all changes, ascending; a column that is set to the bottom ends at y = height. */
function columnChanges(mask: TileMask): Float64Array {
  const byTileColumn = tilesByColumn(mask);
  const chunks: Float64Array[] = [];
  let length = 0;
  for (const [tileX, column] of byTileColumn) {
    for (let wordX = 0; wordX < WORDS_PER_ROW; wordX++) {
      const found = collectChanges(column, wordX, mask.heightPx);
      if (found === 0) continue;
      const places = sortByColumn(found, tileX * TILE_SIZE + wordX * 32, mask.heightPx);
      chunks.push(places);
      length += places.length;
    }
  }
  if (chunks.length === 1) return chunks[0]!;
  const all = new Float64Array(length);
  let at = 0;
  for (const chunk of chunks) {
    all.set(chunk, at);
    at += chunk.length;
  }
  return all;
}

interface ColumnTile {
  tileY: number;
  words: Uint32Array;
}

function tilesByColumn(mask: TileMask): [number, ColumnTile[]][] {
  const across = tilesAcross(mask.widthPx);
  const columns = new Map<number, ColumnTile[]>();
  for (const [key, words] of mask.tiles) {
    const tileX = key % across;
    const tile = { tileY: (key - tileX) / across, words };
    const column = columns.get(tileX);
    if (column) column.push(tile);
    else columns.set(tileX, [tile]);
  }
  for (const column of columns.values()) column.sort((a, b) => a.tileY - b.tileY);
  return [...columns].sort((a, b) => a[0] - b[0]);
}

/**
 * Finds the changes of 32 columns at once: a row's word XOR that of the row above has a bit for each. Leaves
 * row * 32 + column in `scratchCodes`, by row, and the number for each column in `columnEnds`; returns how many.
 */
function collectChanges(column: readonly ColumnTile[], wordX: number, heightPx: number): number {
  columnEnds.fill(0);
  let found = 0;
  let previous = 0;
  let nextRow = 0;
  for (const { tileY, words } of column) {
    const top = tileY * TILE_SIZE;
    if (previous !== 0 && top !== nextRow) {
      found = addChanges(previous, nextRow, found);
      previous = 0;
    }
    const rows = Math.min(TILE_SIZE, heightPx - top);
    for (let i = wordX, row = top; i < TILE_WORDS && row < top + rows; i += WORDS_PER_ROW, row++) {
      const word = words[i]! | 0;
      if (word !== previous) {
        found = addChanges(word ^ previous, row, found);
        previous = word;
      }
    }
    nextRow = top + rows;
  }
  return previous === 0 ? found : addChanges(previous, nextRow, found);
}

function addChanges(bits: number, row: number, found: number): number {
  if (found + 32 > scratchCodes.length) {
    const larger = new Uint32Array(scratchCodes.length * 2);
    larger.set(scratchCodes);
    scratchCodes = larger;
  }
  let at = found;
  for (let rest = bits; rest !== 0; rest &= rest - 1) {
    const bit = lowestBit(rest);
    scratchCodes[at++] = row * 32 + bit;
    columnEnds[bit]!++;
  }
  return at;
}

/** Counting sort by column; rows are ascending already. */
function sortByColumn(found: number, firstColumn: number, heightPx: number): Float64Array {
  for (let bit = 0, at = 0; bit < 32; bit++) {
    const count = columnEnds[bit]!;
    columnEnds[bit] = at;
    at += count;
  }
  const places = new Float64Array(found);
  for (let i = 0; i < found; i++) {
    const code = scratchCodes[i]!;
    const bit = code & 31;
    places[columnEnds[bit]!++] = (firstColumn + bit) * heightPx + (code >>> 5);
  }
  return places;
}

/** Why the counts cannot be those of a mask of this size, or null when they can. */
export function countsProblem(counts: ArrayLike<number>, widthPx: number, heightPx: number): string | null {
  let sum = 0;
  for (let i = 0; i < counts.length; i++) {
    const count = counts[i]!;
    if (!Number.isInteger(count)) return `run ${i + 1} is not a whole number`;
    if (count < 0) return `run ${i + 1} is negative (${count})`;
    sum += count;
  }
  const total = widthPx * heightPx;
  return sum === total ? null : `its runs add up to ${sum} of ${total} pixels`;
}

/** The mask of column-major counts; throws RangeError where `countsProblem` finds one. */
export function maskFromCocoCounts(counts: ArrayLike<number>, widthPx: number, heightPx: number): TileMask {
  const problem = countsProblem(counts, widthPx, heightPx);
  if (problem !== null) throw new RangeError(`not a mask of ${widthPx} × ${heightPx} pixels: ${problem}`);
  const toggles = new ColumnToggles(widthPx, heightPx);
  let place = 0;
  for (let i = 0; i < counts.length; i++) {
    const end = place + counts[i]!;
    if (i % 2 === 1 && end > place) toggleSpan(toggles, place, end, heightPx);
    place = end;
  }
  return toggles.finish();
}

function toggleSpan(toggles: ColumnToggles, from: number, toExclusive: number, heightPx: number): void {
  let x = Math.floor(from / heightPx);
  let y = from - x * heightPx;
  let left = toExclusive - from;
  while (left > 0) {
    toggles.toggle(x, y);
    if (y + left < heightPx) toggles.toggle(x, y + left);
    left -= heightPx - y;
    x++;
    y = 0;
  }
}
