// Regions and proposals with their masks: reading, putting and removing single ones. What an edit or a re-run of the
// model means is decided in edit-repository.ts and proposal-repository.ts.

import type {
  ImageId,
  RegionId,
  RegionRecord,
  RegionSource,
  RegionStatus,
} from '#shared/annotation/records.ts';
import type { Database } from './database.ts';
import { deriveExtent, readTiles, writeTile, type EncodedTile, type ImageSize } from './region-tiles.ts';

export interface StoredRegion {
  record: RegionRecord;
  /** All tiles of the mask, ordered by key. */
  tiles: EncodedTile[];
}

/** A record whose area and box are still to be derived. */
export type RegionFields = Omit<RegionRecord, 'areaPx' | 'box'>;

interface RegionRow {
  number: number;
  id: string;
  image_id: number;
  category_id: number;
  status: RegionStatus;
  source: RegionSource;
  score: number | null;
  origin_model: string | null;
  origin_method: string | null;
  origin_prompt: string | null;
  z_index: number;
  area_px: number;
  box_x: number;
  box_y: number;
  box_width: number;
  box_height: number;
  is_crowd: number;
}

export class RegionRepository {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  /** Regions and proposals of one image with masks, bottom first. */
  listForImage(imageId: ImageId, status?: RegionStatus): StoredRegion[] {
    const rows = this.#database.all<RegionRow>(
      'SELECT * FROM region WHERE image_id = ? AND status LIKE ? ORDER BY z_index, number',
      imageId,
      status ?? '%',
    );
    return rows.map((row) => ({ record: recordOf(row), tiles: readTiles(this.#database, row.number) }));
  }

  /** The same without the masks. */
  recordsForImage(imageId: ImageId, status?: RegionStatus): RegionRecord[] {
    return this.#database
      .all<RegionRow>(
        'SELECT * FROM region WHERE image_id = ? AND status LIKE ? ORDER BY z_index, number',
        imageId,
        status ?? '%',
      )
      .map(recordOf);
  }

  /** Streams images' regions one image at a time, so that an export never holds more than one image. */
  *iterateImages(
    imageIds: Iterable<ImageId>,
    status?: RegionStatus,
  ): Generator<{ imageId: ImageId; regions: StoredRegion[] }> {
    for (const imageId of imageIds) yield { imageId, regions: this.listForImage(imageId, status) };
  }

  get(id: RegionId): RegionRecord | null {
    const row = this.#row(id);
    return row === undefined ? null : recordOf(row);
  }

  tilesOf(id: RegionId): EncodedTile[] {
    const row = this.#row(id);
    return row === undefined ? [] : readTiles(this.#database, row.number);
  }

  count(status: RegionStatus): number {
    return (
      this.#database.get<{ n: number }>('SELECT count(*) AS n FROM region WHERE status = ?', status)?.n ?? 0
    );
  }

  /** Ids of the images that hold at least one region of the given status. */
  imageIdsWith(status: RegionStatus): ImageId[] {
    return this.#database
      .all<{ image_id: number }>(
        'SELECT DISTINCT image_id FROM region WHERE status = ? ORDER BY image_id',
        status,
      )
      .map((row) => row.image_id);
  }

  /**
   * Creates or changes one region and derives its area and box. `tiles` are the changed ones (null = now empty);
   * with `replaceAll` the region has no others. Must run inside a transaction.
   */
  put(
    fields: RegionFields,
    size: ImageSize,
    tiles: readonly { tileKey: number; runs: Uint8Array | null }[],
    replaceAll: boolean,
  ): RegionRecord {
    const number = this.#upsert(fields);
    if (replaceAll) this.#database.run('DELETE FROM region_tile WHERE region_number = ?', number);
    for (const tile of tiles) writeTile(this.#database, number, size, tile.tileKey, tile.runs);
    const { areaPx, box } = deriveExtent(this.#database, number, size.widthPx);
    this.#database.run(
      'UPDATE region SET area_px = ?, box_x = ?, box_y = ?, box_width = ?, box_height = ? WHERE number = ?',
      areaPx,
      ...box,
      number,
    );
    return { ...fields, areaPx, box };
  }

  remove(id: RegionId): void {
    this.#database.run('DELETE FROM region WHERE id = ?', id);
  }

  removeForImage(imageId: ImageId, filter: { status?: RegionStatus; source?: RegionSource } = {}): number {
    return this.#database.run(
      'DELETE FROM region WHERE image_id = ? AND status LIKE ? AND source LIKE ?',
      imageId,
      filter.status ?? '%',
      filter.source ?? '%',
    ).changes;
  }

  /** 0 when the image has no region of that status. */
  maxZIndex(imageId: ImageId): number {
    return (
      this.#database.get<{ z: number | null }>(
        'SELECT max(z_index) AS z FROM region WHERE image_id = ?',
        imageId,
      )?.z ?? -1
    );
  }

  #row(id: RegionId): RegionRow | undefined {
    return this.#database.get<RegionRow>('SELECT * FROM region WHERE id = ?', id);
  }

  #upsert(fields: RegionFields): number {
    this.#database.run(
      `INSERT INTO region (id, image_id, category_id, status, source, score, origin_model, origin_method,
         origin_prompt, z_index, is_crowd) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
       ON CONFLICT (id) DO UPDATE SET category_id = excluded.category_id, status = excluded.status,
         source = excluded.source, score = excluded.score, origin_model = excluded.origin_model,
         origin_method = excluded.origin_method, origin_prompt = excluded.origin_prompt,
         z_index = excluded.z_index, is_crowd = excluded.is_crowd`,
      fields.id,
      fields.imageId,
      fields.categoryId,
      fields.status,
      fields.source,
      fields.score,
      fields.origin?.model ?? null,
      fields.origin?.method ?? null,
      fields.origin?.prompt ?? null,
      fields.zIndex,
      fields.isCrowd ? 1 : 0,
    );
    const row = this.#row(fields.id);
    if (row === undefined) throw new Error(`region ${fields.id} was not written`);
    return row.number;
  }
}

function recordOf(row: RegionRow): RegionRecord {
  return {
    id: row.id,
    imageId: row.image_id,
    categoryId: row.category_id,
    status: row.status,
    source: row.source,
    score: row.score,
    origin:
      row.origin_model === null
        ? null
        : { model: row.origin_model, method: row.origin_method ?? '', prompt: row.origin_prompt ?? '' },
    zIndex: row.z_index,
    areaPx: row.area_px,
    box: [row.box_x, row.box_y, row.box_width, row.box_height],
    isCrowd: row.is_crowd === 1,
  };
}
