// What one user action changed: the unit that undo replays and the store writes.

import type { RegionId, RegionRecord } from './records.ts';

/** One 256 × 256 tile of one region's mask; null = the tile is empty. */
export interface TileChange {
  tileKey: number;
  before: Uint32Array | null;
  after: Uint32Array | null;
}

/** `before === null`: the region was created; `after === null`: it was removed (its tiles are all in `tiles`). */
export interface RegionChange {
  regionId: RegionId;
  before: RegionRecord | null;
  after: RegionRecord | null;
  tiles: TileChange[];
}

export interface DocumentDiff {
  /** Name of the step as the user reads it, e.g. "Brush stroke". */
  label: string;
  changes: RegionChange[];
}

export function invertDiff(diff: DocumentDiff): DocumentDiff {
  return {
    label: diff.label,
    changes: diff.changes.map((change) => ({
      regionId: change.regionId,
      before: change.after,
      after: change.before,
      tiles: change.tiles.map((tile) => ({ tileKey: tile.tileKey, before: tile.after, after: tile.before })),
    })),
  };
}
