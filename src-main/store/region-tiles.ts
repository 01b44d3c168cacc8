// Mask tiles of regions on disk: writes single tiles and derives area and box from them. A tile that does not fit the
// image is refused here, so that nothing downstream has to doubt a stored mask.

import type { PixelBox } from '#shared/annotation/records.ts';
import { AppError } from '#shared/errors.ts';
import { decodeTile } from '#shared/mask/tile-codec.ts';
import { lowestBit, popcount, TILE_SIZE, WORDS_PER_ROW } from '#shared/mask/tile-words.ts';
import type { Database } from './database.ts';

/** One 256 × 256 tile as runs (mask/tile-codec.ts). */
export interface EncodedTile {
  tileKey: number;
  runs: Uint8Array;
}

export interface ImageSize {
  widthPx: number;
  heightPx: number;
}

/** Set pixels of one tile; coordinates inside the tile, 0..255. */
interface TileExtent {
  areaPx: number;
  minX: number;
  minY: number;
  maxX: number;
  maxY: number;
}

/** Extent of the set pixels of a decoded tile, or null for an empty one. */
function tileExtent(words: Uint32Array): TileExtent | null {
  const extent: TileExtent = { areaPx: 0, minX: TILE_SIZE, minY: TILE_SIZE, maxX: -1, maxY: -1 };
  for (let index = 0; index < words.length; index++) {
    const word = words[index] ?? 0;
    if (word === 0) continue;
    const x = (index % WORDS_PER_ROW) * 32;
    const y = Math.floor(index / WORDS_PER_ROW);
    extent.areaPx += popcount(word);
    extent.minY = Math.min(extent.minY, y);
    extent.maxY = y;
    extent.minX = Math.min(extent.minX, x + lowestBit(word));
    extent.maxX = Math.max(extent.maxX, x + 31 - Math.clz32(word));
  }
  return extent.areaPx === 0 ? null : extent;
}

/**
 * Writes one tile of a region; null or a tile without pixels removes it.
 *
 * Throws `request/invalid` for a key outside the image, broken runs, or pixels beyond the image's border.
 */
export function writeTile(
  database: Database,
  regionNumber: number,
  size: ImageSize,
  tileKey: number,
  runs: Uint8Array | null,
): void {
  const tile = runs === null ? null : checkTile(size, tileKey, runs);
  if (runs === null || tile === null) {
    database.run('DELETE FROM region_tile WHERE region_number = ? AND tile_key = ?', regionNumber, tileKey);
    return;
  }
  database.run(
    `INSERT INTO region_tile (region_number, tile_key, runs, area_px, min_x, min_y, max_x, max_y)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?)
     ON CONFLICT DO UPDATE SET runs = excluded.runs, area_px = excluded.area_px, min_x = excluded.min_x,
       min_y = excluded.min_y, max_x = excluded.max_x, max_y = excluded.max_y`,
    regionNumber,
    tileKey,
    runs,
    tile.areaPx,
    tile.minX,
    tile.minY,
    tile.maxX,
    tile.maxY,
  );
}

function checkTile(size: ImageSize, tileKey: number, runs: Uint8Array): TileExtent | null {
  const across = Math.ceil(size.widthPx / TILE_SIZE);
  const down = Math.ceil(size.heightPx / TILE_SIZE);
  if (tileKey < 0 || tileKey >= across * down) {
    throw new AppError('request/invalid', `Tile ${tileKey} lies outside the image.`, {
      details: { tileKey, ...size },
    });
  }
  const extent = tileExtent(decodeSentTile(tileKey, runs));
  if (extent === null) return null;
  const lastX = (tileKey % across) * TILE_SIZE + extent.maxX;
  const lastY = Math.floor(tileKey / across) * TILE_SIZE + extent.maxY;
  if (lastX >= size.widthPx || lastY >= size.heightPx) {
    throw new AppError('request/invalid', `Tile ${tileKey} has pixels beyond the border of the image.`, {
      details: { tileKey, ...size },
    });
  }
  return extent;
}

/** Broken runs are the sender's fault here, not damage of the project. */
function decodeSentTile(tileKey: number, runs: Uint8Array): Uint32Array {
  try {
    return decodeTile(runs);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new AppError('request/invalid', `Tile ${tileKey} cannot be read: ${reason}`, { cause: error });
  }
}

/** Area and tight box over all stored tiles of a region. */
export function deriveExtent(
  database: Database,
  regionNumber: number,
  widthPx: number,
): { areaPx: number; box: PixelBox } {
  // Written into the statement: a bound number would be a REAL, and its division not a whole one.
  const across = Math.ceil(widthPx / TILE_SIZE);
  const row = database.get<{ area: number | null; x0: number; y0: number; x1: number; y1: number }>(
    `SELECT sum(area_px) AS area,
       min((tile_key % ${across}) * ${TILE_SIZE} + min_x) AS x0, min((tile_key / ${across}) * ${TILE_SIZE} + min_y) AS y0,
       max((tile_key % ${across}) * ${TILE_SIZE} + max_x) AS x1, max((tile_key / ${across}) * ${TILE_SIZE} + max_y) AS y1
     FROM region_tile WHERE region_number = ?`,
    regionNumber,
  );
  if (row === undefined || row.area === null) return { areaPx: 0, box: [0, 0, 0, 0] };
  return { areaPx: row.area, box: [row.x0, row.y0, row.x1 - row.x0 + 1, row.y1 - row.y0 + 1] };
}

/** All tiles of a region, ordered by key. */
export function readTiles(database: Database, regionNumber: number): EncodedTile[] {
  return database
    .all<{ tile_key: number; runs: Uint8Array }>(
      'SELECT tile_key, runs FROM region_tile WHERE region_number = ? ORDER BY tile_key',
      regionNumber,
    )
    .map((row) => ({ tileKey: row.tile_key, runs: row.runs }));
}
