// The mask of one region: a sparse grid of 256 × 256 bit tiles over one image. Owns the layout and the plain
// reads and writes; undo, files and COCO live elsewhere.

import type { PixelBox } from '../annotation/records.ts';
import {
  clearRowRun,
  isTileEmpty,
  lowestBit,
  setRowRun,
  TILE_SIZE,
  TILE_WORDS,
  tileArea,
  tilesEqual,
  WORDS_PER_ROW,
} from './tile-words.ts';

export { TILE_SIZE, tileArea };

/**
 * A mask of `widthPx` × `heightPx` pixels. `tiles` holds 2048 words for each tile key
 * (`tileY * tilesAcross(widthPx) + tileX`); an absent tile is empty, a present one may be. Pixels of a border tile
 * that lie beyond the image are always 0.
 */
export interface TileMask {
  readonly widthPx: number;
  readonly heightPx: number;
  readonly tiles: Map<number, Uint32Array>;
}

/** Called with a row and the columns x0..x1Exclusive-1 of it, in image pixels. */
export type RunSink = (y: number, x0: number, x1Exclusive: number) => void;

/** Number of tiles in one row (or, given a height, one column) of the grid. */
export function tilesAcross(sizePx: number): number {
  return (sizePx + TILE_SIZE - 1) >> 8;
}

export function tileKeyAt(widthPx: number, x: number, y: number): number {
  return (y >> 8) * tilesAcross(widthPx) + (x >> 8);
}

/** An empty mask; throws RangeError when a side is not a whole number of 1 or more. */
export function createMask(widthPx: number, heightPx: number): TileMask {
  if (!Number.isInteger(widthPx) || !Number.isInteger(heightPx) || widthPx < 1 || heightPx < 1) {
    throw new RangeError(`a mask needs whole sides of at least 1 pixel, not ${widthPx} × ${heightPx}`);
  }
  return { widthPx, heightPx, tiles: new Map() };
}

/** A copy that shares nothing with `mask`; empty tiles are left out. */
export function cloneMask(mask: TileMask): TileMask {
  const copy = createMask(mask.widthPx, mask.heightPx);
  for (const [key, words] of mask.tiles) if (!isTileEmpty(words)) copy.tiles.set(key, words.slice());
  return copy;
}

/** False outside the image. */
export function getPixel(mask: TileMask, x: number, y: number): boolean {
  if (x < 0 || y < 0 || x >= mask.widthPx || y >= mask.heightPx) return false;
  const words = mask.tiles.get(tileKeyAt(mask.widthPx, x, y));
  if (!words) return false;
  return ((words[(y & 255) * WORDS_PER_ROW + ((x & 255) >> 5)]! >>> (x & 31)) & 1) === 1;
}

/** Sets the pixels x0..x1Exclusive-1 of row y, clipped to the image, in place. */
export function fillRun(mask: TileMask, y: number, x0: number, x1Exclusive: number): void {
  if (y < 0 || y >= mask.heightPx) return;
  const end = Math.min(x1Exclusive, mask.widthPx);
  const rowKey = (y >> 8) * tilesAcross(mask.widthPx);
  for (let x = Math.max(0, x0); x < end;) {
    const tileX = x >> 8;
    const tileEnd = Math.min(end, (tileX + 1) * TILE_SIZE);
    let words = mask.tiles.get(rowKey + tileX);
    if (!words) {
      words = new Uint32Array(TILE_WORDS);
      mask.tiles.set(rowKey + tileX, words);
    }
    setRowRun(words, y & 255, x & 255, tileEnd - tileX * TILE_SIZE);
    x = tileEnd;
  }
}

/** Clears the pixels x0..x1Exclusive-1 of row y, clipped to the image, in place. */
export function clearRun(mask: TileMask, y: number, x0: number, x1Exclusive: number): void {
  if (y < 0 || y >= mask.heightPx) return;
  const end = Math.min(x1Exclusive, mask.widthPx);
  const rowKey = (y >> 8) * tilesAcross(mask.widthPx);
  for (let x = Math.max(0, x0); x < end;) {
    const tileX = x >> 8;
    const tileEnd = Math.min(end, (tileX + 1) * TILE_SIZE);
    const words = mask.tiles.get(rowKey + tileX);
    if (words) clearRowRun(words, y & 255, x & 255, tileEnd - tileX * TILE_SIZE);
    x = tileEnd;
  }
}

interface BandTile {
  tileX: number;
  words: Uint32Array;
}

/** Calls `emit` for every run of set pixels, row by row and left to right; a run may cross tiles. */
export function forEachRun(mask: TileMask, emit: RunSink): void {
  for (const [tileY, band] of tileBands(mask)) {
    const rows = Math.min(TILE_SIZE, mask.heightPx - tileY * TILE_SIZE);
    for (let row = 0; row < rows; row++) scanRow(band, tileY * TILE_SIZE + row, row, emit);
  }
}

/** Tiles by tile row, both ascending. */
function tileBands(mask: TileMask): [number, BandTile[]][] {
  const across = tilesAcross(mask.widthPx);
  const bands = new Map<number, BandTile[]>();
  for (const key of [...mask.tiles.keys()].sort((a, b) => a - b)) {
    const tileY = Math.floor(key / across);
    const tile = { tileX: key - tileY * across, words: mask.tiles.get(key)! };
    const band = bands.get(tileY);
    if (band) band.push(tile);
    else bands.set(tileY, [tile]);
  }
  return [...bands];
}

function scanRow(band: readonly BandTile[], y: number, row: number, emit: RunSink): void {
  let runStart = -1;
  let previousTileEnd = 0;
  for (const { tileX, words } of band) {
    const tileLeft = tileX * TILE_SIZE;
    if (runStart >= 0 && tileLeft !== previousTileEnd) {
      emit(y, runStart, previousTileEnd);
      runStart = -1;
    }
    previousTileEnd = tileLeft + TILE_SIZE;
    for (let i = 0; i < WORDS_PER_ROW; i++) {
      const word = words[row * WORDS_PER_ROW + i]! | 0;
      if (word === (runStart < 0 ? 0 : -1)) continue;
      const left = tileLeft + i * 32;
      for (let bit = 0; ;) {
        const rest = (runStart < 0 ? word : ~word) >>> bit;
        if (rest === 0) break;
        bit += lowestBit(rest);
        if (runStart < 0) {
          runStart = left + bit;
        } else {
          emit(y, runStart, left + bit);
          runStart = -1;
        }
      }
    }
  }
  if (runStart >= 0) emit(y, runStart, previousTileEnd);
}

/** Number of set pixels. */
export function maskArea(mask: TileMask): number {
  let area = 0;
  for (const words of mask.tiles.values()) area += tileArea(words);
  return area;
}

/** Tight box of the set pixels; [0, 0, 0, 0] when there are none. */
export function maskBox(mask: TileMask): PixelBox {
  const across = tilesAcross(mask.widthPx);
  let left = Infinity;
  let top = Infinity;
  let right = -1;
  let bottom = -1;
  for (const [key, words] of mask.tiles) {
    const box = tileBox(words);
    if (!box) continue;
    const tileY = Math.floor(key / across);
    const originX = (key - tileY * across) * TILE_SIZE;
    const originY = tileY * TILE_SIZE;
    left = Math.min(left, originX + box.left);
    top = Math.min(top, originY + box.top);
    right = Math.max(right, originX + box.right);
    bottom = Math.max(bottom, originY + box.bottom);
  }
  return right < 0 ? [0, 0, 0, 0] : [left, top, right - left + 1, bottom - top + 1];
}

function tileBox(words: Uint32Array): { left: number; top: number; right: number; bottom: number } | null {
  let first = 0;
  while (first < TILE_WORDS && words[first] === 0) first++;
  if (first === TILE_WORDS) return null;
  let last = TILE_WORDS - 1;
  while (words[last] === 0) last--;
  const top = first >> 3;
  const bottom = last >> 3;
  let left = -1;
  let right = -1;
  for (let column = 0; column < WORDS_PER_ROW; column++) {
    let union = 0;
    for (let i = top * WORDS_PER_ROW + column; i <= last; i += WORDS_PER_ROW) union |= words[i]!;
    if (union === 0) continue;
    if (left < 0) left = column * 32 + lowestBit(union);
    right = column * 32 + 31 - Math.clz32(union);
  }
  return { left, top, right, bottom };
}

export function isMaskEmpty(mask: TileMask): boolean {
  for (const words of mask.tiles.values()) if (!isTileEmpty(words)) return false;
  return true;
}

/** True when both masks have the same size and the same pixels. */
export function maskEquals(a: TileMask, b: TileMask): boolean {
  if (a.widthPx !== b.widthPx || a.heightPx !== b.heightPx) return false;
  for (const [key, words] of a.tiles) {
    const other = b.tiles.get(key);
    if (other ? !tilesEqual(words, other) : !isTileEmpty(words)) return false;
  }
  for (const [key, words] of b.tiles) if (!a.tiles.has(key) && !isTileEmpty(words)) return false;
  return true;
}
