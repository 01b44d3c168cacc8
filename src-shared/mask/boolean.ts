// Set operations on whole masks of the same size. Results are new masks that share nothing with their inputs.

import { cloneMask, createMask, type TileMask } from './tile-mask.ts';
import { isTileEmpty, TILE_WORDS } from './tile-words.ts';

/** Throws RangeError unless both masks have the same size. */
export function assertSameSize(a: TileMask, b: TileMask): void {
  if (a.widthPx === b.widthPx && a.heightPx === b.heightPx) return;
  throw new RangeError(
    `masks of different sizes: ${a.widthPx} × ${a.heightPx} and ${b.widthPx} × ${b.heightPx}`,
  );
}

/** Pixels in `a` or `b`. */
export function union(a: TileMask, b: TileMask): TileMask {
  assertSameSize(a, b);
  const result = cloneMask(a);
  for (const [key, words] of b.tiles) {
    const target = result.tiles.get(key);
    if (target) for (let i = 0; i < TILE_WORDS; i++) target[i]! |= words[i]!;
    else if (!isTileEmpty(words)) result.tiles.set(key, words.slice());
  }
  return result;
}

/** Pixels in `a` and not in `b`. */
export function subtract(a: TileMask, b: TileMask): TileMask {
  assertSameSize(a, b);
  const result = cloneMask(a);
  for (const [key, words] of result.tiles) {
    const other = b.tiles.get(key);
    if (!other) continue;
    for (let i = 0; i < TILE_WORDS; i++) words[i]! &= ~other[i]!;
    if (isTileEmpty(words)) result.tiles.delete(key);
  }
  return result;
}

/** Pixels in `a` and in `b`. */
export function intersect(a: TileMask, b: TileMask): TileMask {
  assertSameSize(a, b);
  const result = createMask(a.widthPx, a.heightPx);
  for (const [key, words] of a.tiles) {
    const other = b.tiles.get(key);
    if (!other) continue;
    const both = words.slice();
    for (let i = 0; i < TILE_WORDS; i++) both[i]! &= other[i]!;
    if (!isTileEmpty(both)) result.tiles.set(key, both);
  }
  return result;
}

/** True when at least one pixel is in both. */
export function intersects(a: TileMask, b: TileMask): boolean {
  assertSameSize(a, b);
  for (const [key, words] of a.tiles) {
    const other = b.tiles.get(key);
    if (!other) continue;
    for (let i = 0; i < TILE_WORDS; i++) if ((words[i]! & other[i]!) !== 0) return true;
  }
  return false;
}
