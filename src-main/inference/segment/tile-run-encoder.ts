// Writes one region's runs straight into encoded 256 × 256 tiles, without a bitmap in between. The bytes are those
// of the tile codec (src-shared/mask/tile-codec.ts).

import { TILE_PIXELS, TILE_SIZE } from '#shared/mask/tile-words.ts';

export interface EncodedTile {
  tileKey: number;
  runs: Uint8Array;
}

interface OpenTile {
  tileKey: number;
  bytes: Uint8Array;
  length: number;
  /** Pixels already written, in row-major order. */
  written: number;
  /** The set run that may still grow. */
  start: number;
  end: number;
}

const TILE_SHIFT = Math.log2(TILE_SIZE);

/** Takes runs in row-major order; each pixel at most once. */
export class TileRunEncoder {
  readonly #tilesAcross: number;
  readonly #tiles: OpenTile[] = [];
  /** Tiles of the present row of tiles, by column. */
  #present: (OpenTile | undefined)[] = [];
  #tileRow = -1;

  constructor(tilesAcross: number) {
    this.#tilesAcross = tilesAcross;
  }

  addRun(y: number, x0: number, x1Exclusive: number): void {
    const tileRow = y >> TILE_SHIFT;
    if (tileRow !== this.#tileRow) {
      this.#tileRow = tileRow;
      this.#present = [];
    }
    const rowStart = (y & (TILE_SIZE - 1)) * TILE_SIZE;
    let x = x0;
    while (x < x1Exclusive) {
      const column = x >> TILE_SHIFT;
      const tileLeft = column * TILE_SIZE;
      const pieceEnd = Math.min(x1Exclusive, tileLeft + TILE_SIZE);
      const tile = this.#present[column] ?? this.#openTile(column);
      const start = rowStart + x - tileLeft;
      if (start !== tile.end) {
        writeRun(tile);
        tile.start = start;
      }
      tile.end = rowStart + pieceEnd - tileLeft;
      x = pieceEnd;
    }
  }

  /** The tiles with at least one pixel, by ascending key. The encoder is used up. */
  finish(): EncodedTile[] {
    this.#tiles.sort((a, b) => a.tileKey - b.tileKey);
    return this.#tiles.map((tile) => {
      writeRun(tile);
      if (tile.written < TILE_PIXELS) writeNumber(tile, TILE_PIXELS - tile.written);
      return { tileKey: tile.tileKey, runs: tile.bytes.slice(0, tile.length) };
    });
  }

  #openTile(column: number): OpenTile {
    const tileKey = this.#tileRow * this.#tilesAcross + column;
    const tile = { tileKey, bytes: new Uint8Array(64), length: 0, written: 0, start: 0, end: 0 };
    this.#tiles.push(tile);
    this.#present[column] = tile;
    return tile;
  }
}

function writeRun(tile: OpenTile): void {
  if (tile.end === tile.start) return;
  writeNumber(tile, tile.start - tile.written);
  writeNumber(tile, tile.end - tile.start);
  tile.written = tile.end;
}

/** Unsigned LEB128. */
function writeNumber(tile: OpenTile, value: number): void {
  if (tile.length + 3 > tile.bytes.length) {
    const bytes = new Uint8Array(tile.bytes.length * 2);
    bytes.set(tile.bytes);
    tile.bytes = bytes;
  }
  let rest = value;
  while (rest > 127) {
    tile.bytes[tile.length++] = (rest & 127) | 128;
    rest >>>= 7;
  }
  tile.bytes[tile.length++] = rest;
}
