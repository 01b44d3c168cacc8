// Masks as the tests write and read them: between TileMask and what the store and the wire hold.

import type { RegionRecord } from '#shared/annotation/records.ts';
import { decodeTile, encodeTile, tileToBase64 } from '#shared/mask/tile-codec.ts';
import { createMask, fillRun, type TileMask } from '#shared/mask/tile-mask.ts';
import type { EncodedTile } from '../region-tiles.ts';

export function rectangleMask(
  size: { widthPx: number; heightPx: number },
  x: number,
  y: number,
  width: number,
  height: number,
): TileMask {
  const mask = createMask(size.widthPx, size.heightPx);
  for (let row = y; row < y + height; row++) fillRun(mask, row, x, x + width);
  return mask;
}

export function encodedTiles(mask: TileMask): EncodedTile[] {
  return [...mask.tiles].map(([tileKey, words]) => ({ tileKey, runs: encodeTile(words) }));
}

export function wireTiles(mask: TileMask): { tileKey: number; runs: string }[] {
  return [...mask.tiles].map(([tileKey, words]) => ({ tileKey, runs: tileToBase64(words) }));
}

export function maskFromTiles(
  size: { widthPx: number; heightPx: number },
  tiles: readonly EncodedTile[],
): TileMask {
  const mask = createMask(size.widthPx, size.heightPx);
  for (const tile of tiles) mask.tiles.set(tile.tileKey, decodeTile(tile.runs));
  return mask;
}

export function regionRecord(
  fields: Partial<RegionRecord> & Pick<RegionRecord, 'id' | 'imageId' | 'categoryId'>,
): RegionRecord {
  return {
    status: 'region',
    source: 'human',
    score: null,
    origin: null,
    zIndex: 0,
    areaPx: 0,
    box: [0, 0, 0, 0],
    isCrowd: false,
    ...fields,
  };
}
