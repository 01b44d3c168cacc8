// One edit of one mask: changes it in place at once (so that the canvas can draw it) and yields at the end what
// changed. Copy-on-write: a tile's array is never written to once a commit has handed it out, so that diffs and
// masks may share arrays.

import type { TileChange } from '../annotation/diff.ts';
import { assertSameSize } from './boolean.ts';
import { tilesAcross, type TileMask } from './tile-mask.ts';
import { clearRowRun, isTileEmpty, setRowRun, TILE_SIZE, TILE_WORDS, tilesEqual } from './tile-words.ts';

export type MaskOperation = 'union' | 'subtract' | 'intersect' | 'replace';

/** Opens with the constructor, ends with `commit` or `abort`; afterwards every call throws. */
export class MaskTransaction {
  readonly #mask: TileMask;
  readonly #across: number;
  /** The arrays (or null for absent) that touched tiles had at the start. */
  readonly #before = new Map<number, Uint32Array | null>();
  readonly #touched = new Set<number>();
  #isOpen = true;
  #lastKey = -1;
  #lastWords: Uint32Array | null = null;

  constructor(mask: TileMask) {
    this.#mask = mask;
    this.#across = tilesAcross(mask.widthPx);
  }

  /** Keys of the tiles that may have changed since the start. */
  get touchedTiles(): ReadonlySet<number> {
    return this.#touched;
  }

  /** Sets the pixels x0..x1Exclusive-1 of row y, clipped to the image. */
  fillRun(y: number, x0: number, x1Exclusive: number): void {
    this.#run(y, x0, x1Exclusive, true);
  }

  /** Clears the pixels x0..x1Exclusive-1 of row y, clipped to the image. */
  clearRun(y: number, x0: number, x1Exclusive: number): void {
    this.#run(y, x0, x1Exclusive, false);
  }

  /** Combines the mask with another of the same size; `replace` makes it equal to `other`. */
  applyMask(operation: MaskOperation, other: TileMask): void {
    assertSameSize(this.#mask, other);
    this.#assertOpen();
    for (const [key, words] of other.tiles) {
      if (operation === 'subtract' && !this.#mask.tiles.has(key)) continue;
      if (isTileEmpty(words) && (operation === 'union' || operation === 'subtract')) continue;
      combine(this.#writable(key), words, operation);
    }
    if (operation === 'union' || operation === 'subtract') return;
    for (const key of [...this.#mask.tiles.keys()]) {
      if (!other.tiles.has(key)) this.#writable(key).fill(0);
    }
  }

  /** Ends the transaction. Returns the tiles that really differ, by ascending key; empty tiles leave the mask. */
  commit(): TileChange[] {
    this.#close();
    const changes: TileChange[] = [];
    for (const [tileKey, before] of this.#before) {
      const words = this.#mask.tiles.get(tileKey)!;
      const after = isTileEmpty(words) ? null : words;
      if (!after) this.#mask.tiles.delete(tileKey);
      const start = before && isTileEmpty(before) ? null : before;
      if (start && after && tilesEqual(start, after)) this.#mask.tiles.set(tileKey, start);
      else if (start || after) changes.push({ tileKey, before: start, after });
    }
    return changes.sort((a, b) => a.tileKey - b.tileKey);
  }

  /** Ends the transaction and puts every touched tile back. */
  abort(): void {
    this.#close();
    for (const [key, before] of this.#before) {
      if (before) this.#mask.tiles.set(key, before);
      else this.#mask.tiles.delete(key);
    }
  }

  #run(y: number, x0: number, x1Exclusive: number, isFill: boolean): void {
    this.#assertOpen();
    if (y < 0 || y >= this.#mask.heightPx) return;
    const end = Math.min(x1Exclusive, this.#mask.widthPx);
    const rowKey = (y >> 8) * this.#across;
    for (let x = Math.max(0, x0); x < end;) {
      const tileX = x >> 8;
      const tileEnd = Math.min(end, (tileX + 1) * TILE_SIZE);
      const key = rowKey + tileX;
      if (isFill) {
        setRowRun(this.#writable(key), y & 255, x & 255, tileEnd - tileX * TILE_SIZE);
      } else if (this.#mask.tiles.has(key)) {
        clearRowRun(this.#writable(key), y & 255, x & 255, tileEnd - tileX * TILE_SIZE);
      }
      x = tileEnd;
    }
  }

  #writable(key: number): Uint32Array {
    if (key === this.#lastKey && this.#lastWords) return this.#lastWords;
    if (!this.#before.has(key)) {
      const start = this.#mask.tiles.get(key) ?? null;
      this.#before.set(key, start);
      this.#touched.add(key);
      this.#mask.tiles.set(key, start ? start.slice() : new Uint32Array(TILE_WORDS));
    }
    const words = this.#mask.tiles.get(key)!;
    this.#lastKey = key;
    this.#lastWords = words;
    return words;
  }

  #assertOpen(): void {
    if (!this.#isOpen) throw new Error('this mask transaction has ended');
  }

  #close(): void {
    this.#assertOpen();
    this.#isOpen = false;
    this.#lastWords = null;
  }
}

function combine(target: Uint32Array, words: Uint32Array, operation: MaskOperation): void {
  if (operation === 'replace') {
    target.set(words);
  } else if (operation === 'union') {
    for (let i = 0; i < TILE_WORDS; i++) target[i]! |= words[i]!;
  } else if (operation === 'subtract') {
    for (let i = 0; i < TILE_WORDS; i++) target[i]! &= ~words[i]!;
  } else {
    for (let i = 0; i < TILE_WORDS; i++) target[i]! &= words[i]!;
  }
}

/** Puts one side of a diff into the mask, in place. The mask then shares the diff's arrays (see the file's head). */
export function applyTileChanges(
  mask: TileMask,
  changes: readonly TileChange[],
  side: 'before' | 'after',
): void {
  for (const change of changes) {
    const words = change[side];
    if (words) mask.tiles.set(change.tileKey, words);
    else mask.tiles.delete(change.tileKey);
  }
}
