// Bit tricks on the 2048 words of one 256 × 256 tile and nothing else. Pixel (x, y) of a tile is bit x & 31 of
// word y * 8 + (x >> 5), lowest bit first. Knows no image and no mask.

/** Side of a tile in pixels. */
export const TILE_SIZE = 256;
export const WORDS_PER_ROW = TILE_SIZE / 32;
export const TILE_WORDS = TILE_SIZE * WORDS_PER_ROW;
export const TILE_PIXELS = TILE_SIZE * TILE_SIZE;

/** Number of set bits of a 32-bit word. */
export function popcount(word: number): number {
  let v = word - ((word >>> 1) & 0x55555555);
  v = (v & 0x33333333) + ((v >>> 2) & 0x33333333);
  return Math.imul((v + (v >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24;
}

/** Index of the lowest set bit of a word that is not 0. */
export function lowestBit(word: number): number {
  return 31 - Math.clz32(word & -word);
}

/** Sets the pixels x0..x1-1 of row y of the tile (0 ≤ x0 < x1 ≤ 256). */
export function setRowRun(words: Uint32Array, y: number, x0: number, x1Exclusive: number): void {
  const first = y * WORDS_PER_ROW + (x0 >> 5);
  const last = y * WORDS_PER_ROW + ((x1Exclusive - 1) >> 5);
  const headMask = -1 << (x0 & 31);
  const tailMask = -1 >>> (31 - ((x1Exclusive - 1) & 31));
  if (first === last) {
    words[first]! |= headMask & tailMask;
    return;
  }
  words[first]! |= headMask;
  for (let i = first + 1; i < last; i++) words[i] = 0xffffffff;
  words[last]! |= tailMask;
}

/** Clears the pixels x0..x1-1 of row y of the tile (0 ≤ x0 < x1 ≤ 256). */
export function clearRowRun(words: Uint32Array, y: number, x0: number, x1Exclusive: number): void {
  const first = y * WORDS_PER_ROW + (x0 >> 5);
  const last = y * WORDS_PER_ROW + ((x1Exclusive - 1) >> 5);
  const headMask = -1 << (x0 & 31);
  const tailMask = -1 >>> (31 - ((x1Exclusive - 1) & 31));
  if (first === last) {
    words[first]! &= ~(headMask & tailMask);
    return;
  }
  words[first]! &= ~headMask;
  for (let i = first + 1; i < last; i++) words[i] = 0;
  words[last]! &= ~tailMask;
}

/** Number of set pixels of one tile. */
export function tileArea(words: Uint32Array): number {
  let area = 0;
  for (let i = 0; i < TILE_WORDS; i++) {
    const word = words[i]!;
    if (word !== 0) area += popcount(word);
  }
  return area;
}

export function isTileEmpty(words: Uint32Array): boolean {
  for (let i = 0; i < TILE_WORDS; i++) if (words[i] !== 0) return false;
  return true;
}

export function tilesEqual(a: Uint32Array, b: Uint32Array): boolean {
  for (let i = 0; i < TILE_WORDS; i++) if (a[i] !== b[i]) return false;
  return true;
}
