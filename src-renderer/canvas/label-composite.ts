// Builds label texels (which region is on top at a pixel) from the regions' bit tiles.
// Pure; a label tile of level L shows every 2^L-th pixel. Must not know WebGL.

import { TILE_SIZE, type TileMask } from '#shared/mask/tile-mask.ts';

/** One region as the canvas sees it; `slot` 1..32767 is its row in the colour table. */
export interface MaskDrawing {
  readonly mask: TileMask;
  readonly slot: number;
  readonly isSelected: boolean;
}

/** Set in a texel when any selected region covers the pixel, whatever lies on top. */
export const SELECTED_BIT = 0x8000;
export const MAX_SLOT = 0x7fff;

/** Part of a label tile in texels: columns x0..x1, rows y0..y1, ends exclusive. */
export interface TexelRect {
  x0: number;
  y0: number;
  x1: number;
  y1: number;
}

export interface LabelTileAddress {
  level: number;
  tileX: number;
  tileY: number;
}

const WORDS_PER_ROW = TILE_SIZE / 32;
const ALL_ONES = 0xffffffff;

/** True when any of the drawings has a mask tile under the label tile. */
export function isLabelTileOccupied(address: LabelTileAddress, drawings: readonly MaskDrawing[]): boolean {
  for (const drawing of drawings) {
    if (drawing.mask.tiles.size === 0) continue;
    for (const key of coveredTileKeys(address, drawing.mask.widthPx, drawing.mask.heightPx)) {
      if (drawing.mask.tiles.has(key)) return true;
    }
  }
  return false;
}

/**
 * Fills `rect` of a 256 × 256 label tile: the slot of the topmost drawing (last in `drawings`) or 0, plus
 * SELECTED_BIT. `texels` is the whole tile, row-major; texels outside `rect` (widened to whole words at level 0)
 * are left alone. Texel (u, v) of level L stands for the image pixel ((256·tileX + u)·2^L + 2^L/2, …).
 */
export function compositeLabels(
  texels: Uint16Array,
  address: LabelTileAddress,
  rect: TexelRect,
  drawings: readonly MaskDrawing[],
): void {
  const wide = address.level === 0 ? widenToWords(rect) : rect;
  for (let y = wide.y0; y < wide.y1; y++) texels.fill(0, y * TILE_SIZE + wide.x0, y * TILE_SIZE + wide.x1);
  for (const drawing of drawings) paintDrawing(texels, address, wide, drawing, false);
  for (const drawing of drawings) if (drawing.isSelected) paintDrawing(texels, address, wide, drawing, true);
}

export function widenToWords(rect: TexelRect): TexelRect {
  return { x0: rect.x0 & ~31, y0: rect.y0, x1: Math.min(TILE_SIZE, (rect.x1 + 31) & ~31), y1: rect.y1 };
}

function paintDrawing(
  texels: Uint16Array,
  address: LabelTileAddress,
  rect: TexelRect,
  drawing: MaskDrawing,
  asSelection: boolean,
): void {
  const { mask, slot } = drawing;
  if (mask.tiles.size === 0) return;
  const tilesAcross = Math.ceil(mask.widthPx / TILE_SIZE);
  for (const key of coveredTileKeys(address, mask.widthPx, mask.heightPx)) {
    const words = mask.tiles.get(key);
    if (!words) continue;
    if (address.level === 0) paintWords(texels, rect, words, slot, asSelection);
    else {
      const left = ((key % tilesAcross) << 8) - ((address.tileX << 8) << address.level);
      const top = (Math.floor(key / tilesAcross) << 8) - ((address.tileY << 8) << address.level);
      paintSampled(texels, rect, words, slot, asSelection, { level: address.level, left, top });
    }
  }
}

function paintWords(
  texels: Uint16Array,
  rect: TexelRect,
  words: Uint32Array,
  slot: number,
  asSelection: boolean,
): void {
  const firstWord = rect.x0 >> 5;
  const endWord = (rect.x1 + 31) >> 5;
  for (let y = rect.y0; y < rect.y1; y++) {
    for (let column = firstWord; column < endWord; column++) {
      let word = words[y * WORDS_PER_ROW + column] as number;
      if (word === 0) continue;
      const start = y * TILE_SIZE + column * 32;
      if (word === ALL_ONES && !asSelection) {
        texels.fill(slot, start, start + 32);
        continue;
      }
      while (word !== 0) {
        const index = start + 31 - Math.clz32(word & -word);
        texels[index] = asSelection ? (texels[index] as number) | SELECTED_BIT : slot;
        word &= word - 1;
      }
    }
  }
}

/** `left`, `top`: image pixels from the label tile's corner to the bit tile's corner. */
function paintSampled(
  texels: Uint16Array,
  rect: TexelRect,
  words: Uint32Array,
  slot: number,
  asSelection: boolean,
  place: { level: number; left: number; top: number },
): void {
  const { level, left, top } = place;
  const half = (1 << level) >> 1;
  const u0 = Math.max(rect.x0, left >> level);
  const u1 = Math.min(rect.x1, (left + TILE_SIZE) >> level);
  const v0 = Math.max(rect.y0, top >> level);
  const v1 = Math.min(rect.y1, (top + TILE_SIZE) >> level);
  for (let v = v0; v < v1; v++) {
    const row = ((v << level) + half - top) * WORDS_PER_ROW;
    for (let u = u0; u < u1; u++) {
      const x = (u << level) + half - left;
      if (((words[row + (x >> 5)] as number) & (1 << (x & 31))) === 0) continue;
      const index = v * TILE_SIZE + u;
      texels[index] = asSelection ? (texels[index] as number) | SELECTED_BIT : slot;
    }
  }
}

function* coveredTileKeys(address: LabelTileAddress, widthPx: number, heightPx: number): Generator<number> {
  const tilesAcross = Math.ceil(widthPx / TILE_SIZE);
  const tilesDown = Math.ceil(heightPx / TILE_SIZE);
  const x0 = address.tileX << address.level;
  const y0 = address.tileY << address.level;
  const x1 = Math.min(tilesAcross, (address.tileX + 1) << address.level);
  const y1 = Math.min(tilesDown, (address.tileY + 1) << address.level);
  for (let y = y0; y < y1; y++) for (let x = x0; x < x1; x++) yield y * tilesAcross + x;
}
