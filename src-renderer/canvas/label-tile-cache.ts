// Which label tiles live in which layer of the texture array, which part of them is stale, and the page table
// that leads the shader from an image pixel to a layer. Uploads through a callback; must not know WebGL.

import { TILE_SIZE } from '#shared/mask/tile-mask.ts';
import {
  compositeLabels,
  isLabelTileOccupied,
  widenToWords,
  type MaskDrawing,
  type TexelRect,
} from './label-composite.ts';

export type UploadTexels = (layer: number, rect: TexelRect, texels: Uint16Array) => void;

/** [x0, y0, x1, y1) in image pixels. */
export type ImageBounds = readonly [x0: number, y0: number, x1: number, y1: number];

interface CachedTile {
  level: number;
  tileX: number;
  tileY: number;
  /** -1: nothing is drawn in it, so it needs no layer. */
  layer: number;
  stale: TexelRect | null;
  usedAt: number;
}

export interface PageTable {
  level: number;
  tilesAcross: number;
  tilesDown: number;
  /** layer + 1, or 0 = empty; row-major. */
  pages: Uint16Array;
  version: number;
}

const WHOLE_TILE: TexelRect = { x0: 0, y0: 0, x1: TILE_SIZE, y1: TILE_SIZE };

export class LabelTileCache {
  readonly #capacity: number;
  readonly #upload: UploadTexels;
  readonly #texels = new Uint16Array(TILE_SIZE * TILE_SIZE);
  readonly #tables = new Map<number, PageTable>();
  #tiles = new Map<string, CachedTile>();
  #freeLayers: number[] = [];
  #drawings: readonly MaskDrawing[] = [];
  #widthPx = 0;
  #heightPx = 0;
  #clock = 0;

  constructor(capacity: number, upload: UploadTexels) {
    this.#capacity = capacity;
    this.#upload = upload;
    this.#reset();
  }

  setImage(widthPx: number, heightPx: number): void {
    this.#widthPx = widthPx;
    this.#heightPx = heightPx;
    this.#reset();
  }

  /** Regions bottom first. Says nothing about what changed: call `markStale` too. */
  setDrawings(drawings: readonly MaskDrawing[]): void {
    this.#drawings = drawings;
  }

  markStale(bounds: ImageBounds): void {
    for (const tile of this.#tiles.values()) {
      const rect = texelRectOf(tile, bounds);
      if (rect) tile.stale = tile.stale ? unionRect(tile.stale, rect) : rect;
    }
  }

  markAllStale(): void {
    for (const tile of this.#tiles.values()) tile.stale = WHOLE_TILE;
  }

  /** Finest level whose visible tiles fit into the pool, for `zoom` device pixels per image pixel. */
  levelFor(zoom: number, visible: ImageBounds): number {
    let level = Math.max(0, Math.floor(Math.log2(1 / zoom)));
    while (this.#visibleTiles(level, visible).length > this.#capacity) level++;
    return level;
  }

  /**
   * Brings the visible tiles up to date until `isOutOfTime` says stop; stale tiles already shown go first.
   * Answers true when all are.
   */
  update(level: number, visible: ImageBounds, isOutOfTime: () => boolean): boolean {
    this.#clock++;
    const missing: [number, number][] = [];
    const wanted = this.#visibleTiles(level, visible);
    for (const [tileX, tileY] of wanted) {
      const tile = this.#tiles.get(keyOf(level, tileX, tileY));
      if (tile) tile.usedAt = this.#clock;
    }
    for (const [tileX, tileY] of wanted) {
      const tile = this.#tiles.get(keyOf(level, tileX, tileY));
      if (!tile) missing.push([tileX, tileY]);
      else if (tile.stale) {
        if (isOutOfTime()) return false;
        this.#refresh(tile);
      }
    }
    for (const [tileX, tileY] of missing) {
      if (isOutOfTime()) return false;
      this.#addTile(level, tileX, tileY);
    }
    return true;
  }

  /** True when every visible tile is resident and fresh. */
  isFresh(level: number, visible: ImageBounds): boolean {
    return this.#visibleTiles(level, visible).every(([x, y]) => {
      const tile = this.#tiles.get(keyOf(level, x, y));
      return tile !== undefined && tile.stale === null;
    });
  }

  pageTable(level: number): PageTable {
    let table = this.#tables.get(level);
    if (!table) {
      const tilesAcross = Math.max(1, Math.ceil(this.#widthPx / (TILE_SIZE << level)));
      const tilesDown = Math.max(1, Math.ceil(this.#heightPx / (TILE_SIZE << level)));
      table = { level, tilesAcross, tilesDown, pages: new Uint16Array(tilesAcross * tilesDown), version: 0 };
      this.#tables.set(level, table);
    }
    return table;
  }

  #reset(): void {
    this.#tiles = new Map();
    this.#tables.clear();
    this.#freeLayers = Array.from({ length: this.#capacity }, (_, index) => this.#capacity - 1 - index);
  }

  #visibleTiles(level: number, [x0, y0, x1, y1]: ImageBounds): [number, number][] {
    if (x1 <= x0 || y1 <= y0) return [];
    const size = TILE_SIZE << level;
    const tiles: [number, number][] = [];
    for (let tileY = Math.floor(y0 / size); tileY <= Math.floor((y1 - 1) / size); tileY++) {
      for (let tileX = Math.floor(x0 / size); tileX <= Math.floor((x1 - 1) / size); tileX++) {
        tiles.push([tileX, tileY]);
      }
    }
    return tiles;
  }

  #addTile(level: number, tileX: number, tileY: number): void {
    const tile: CachedTile = { level, tileX, tileY, layer: -1, stale: WHOLE_TILE, usedAt: this.#clock };
    this.#tiles.set(keyOf(level, tileX, tileY), tile);
    this.#refresh(tile);
  }

  #refresh(tile: CachedTile): void {
    if (!tile.stale) return;
    if (tile.layer < 0) {
      if (!isLabelTileOccupied(tile, this.#drawings)) {
        tile.stale = null;
        return;
      }
      tile.layer = this.#takeLayer(tile);
      tile.stale = WHOLE_TILE;
      this.#setPage(tile, tile.layer + 1);
    }
    const rect = tile.level === 0 ? widenToWords(tile.stale) : tile.stale;
    compositeLabels(this.#texels, tile, rect, this.#drawings);
    this.#upload(tile.layer, rect, this.#texels);
    tile.stale = null;
  }

  #takeLayer(forTile: CachedTile): number {
    const free = this.#freeLayers.pop();
    if (free !== undefined) return free;
    let oldestKey = '';
    let oldest: CachedTile | null = null;
    for (const [key, tile] of this.#tiles) {
      if (tile === forTile || tile.layer < 0) continue;
      if (!oldest || tile.usedAt < oldest.usedAt) [oldestKey, oldest] = [key, tile];
    }
    if (!oldest) throw new Error('the label tile pool has no layer to give');
    this.#tiles.delete(oldestKey);
    this.#setPage(oldest, 0);
    return oldest.layer;
  }

  #setPage(tile: CachedTile, page: number): void {
    const table = this.pageTable(tile.level);
    table.pages[tile.tileY * table.tilesAcross + tile.tileX] = page;
    table.version++;
  }
}

function keyOf(level: number, tileX: number, tileY: number): string {
  return `${level}/${tileX}/${tileY}`;
}

function texelRectOf(tile: CachedTile, [x0, y0, x1, y1]: ImageBounds): TexelRect | null {
  const scale = 1 << tile.level;
  const left = tile.tileX * TILE_SIZE;
  const top = tile.tileY * TILE_SIZE;
  const rect = {
    x0: Math.max(0, Math.floor(x0 / scale) - left),
    y0: Math.max(0, Math.floor(y0 / scale) - top),
    x1: Math.min(TILE_SIZE, Math.ceil(x1 / scale) - left),
    y1: Math.min(TILE_SIZE, Math.ceil(y1 / scale) - top),
  };
  return rect.x1 > rect.x0 && rect.y1 > rect.y0 ? rect : null;
}

function unionRect(a: TexelRect, b: TexelRect): TexelRect {
  return {
    x0: Math.min(a.x0, b.x0),
    y0: Math.min(a.y0, b.y0),
    x1: Math.max(a.x1, b.x1),
    y1: Math.max(a.y1, b.y1),
  };
}
