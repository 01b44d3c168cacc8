// Builds a mask from the places where a column, read from top to bottom, changes between clear and set. COCO's
// column-major runs and its polygons both come in this shape. Time grows with the changes and the box, not the image.

import { createMask, tilesAcross, type TileMask } from './tile-mask.ts';
import { isTileEmpty, TILE_SIZE, TILE_WORDS, WORDS_PER_ROW } from './tile-words.ts';

/** Collects changes in any order (two at one place cancel out), then `finish` makes the mask. */
export class ColumnToggles {
  readonly #mask: TileMask;
  readonly #across: number;
  #lastKey = -1;
  #lastWords: Uint32Array | null = null;

  constructor(widthPx: number, heightPx: number) {
    this.#mask = createMask(widthPx, heightPx);
    this.#across = tilesAcross(widthPx);
  }

  /** From row y (0 ≤ y < height) downwards column x (0 ≤ x < width) is the opposite of what it was. */
  toggle(x: number, y: number): void {
    const key = (y >> 8) * this.#across + (x >> 8);
    let words = this.#lastWords;
    if (!words || key !== this.#lastKey) {
      words = this.#mask.tiles.get(key) ?? new Uint32Array(TILE_WORDS);
      this.#mask.tiles.set(key, words);
      this.#lastKey = key;
      this.#lastWords = words;
    }
    words[(y & 255) * WORDS_PER_ROW + ((x & 255) >> 5)]! ^= 1 << (x & 31);
  }

  /** The mask; the object is used up. */
  finish(): TileMask {
    const { tiles, widthPx, heightPx } = this.#mask;
    const columns = new Set([...tiles.keys()].map((key) => key % this.#across));
    const tilesDown = tilesAcross(heightPx);
    const state = new Uint32Array(WORDS_PER_ROW);
    for (const tileX of columns) {
      state.fill(0);
      for (let tileY = 0; tileY < tilesDown; tileY++) {
        this.#fillDown(
          tileY * this.#across + tileX,
          Math.min(TILE_SIZE, heightPx - tileY * TILE_SIZE),
          state,
        );
      }
    }
    this.#lastWords = null;
    return { tiles, widthPx, heightPx };
  }

  #fillDown(key: number, rows: number, state: Uint32Array): void {
    const { tiles } = this.#mask;
    let words = tiles.get(key);
    if (!words) {
      if (state.every((word) => word === 0)) return;
      words = new Uint32Array(TILE_WORDS);
      tiles.set(key, words);
    }
    const end = rows * WORDS_PER_ROW;
    for (let column = 0; column < WORDS_PER_ROW; column++) {
      let word = state[column]!;
      for (let i = column; i < end; i += WORDS_PER_ROW) {
        word ^= words[i]!;
        words[i] = word;
      }
      state[column] = word;
    }
    if (isTileEmpty(words)) tiles.delete(key);
  }
}
