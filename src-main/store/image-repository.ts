// The list of images of a project: files as found, headers as read, review states. Never touches the file system.

import type { ImageId, ImageRecord, ReviewState } from '#shared/annotation/records.ts';
import { AppError } from '#shared/errors.ts';
import type { Database } from './database.ts';
import { IS_LISTED, recordOf, SELECT_IMAGE, whereOf, type ImageQuery, type ImageRow } from './image-rows.ts';

/** A file as the folder scan sees it. `path` is relative with `/`. */
export interface ListedFile {
  path: string;
  sizeBytes: number;
  modifiedMs: number;
}

export interface ImageHeader {
  widthPx: number;
  heightPx: number;
  orientation: number;
  format: string;
  bitDepth: number;
  channels: number;
}

export interface FileChanges {
  added: ImageId[];
  /** The file's size or time differs: header and features are stale. */
  changed: ImageId[];
  missing: ImageId[];
  returned: ImageId[];
}

/** Names which features count for `hasFeatures`. */
export interface FeatureKey {
  modelId: string;
  method: string;
  protocolKey: string;
}

export class ImageRepository {
  readonly #database: Database;
  #featureKey: FeatureKey = { modelId: '', method: '', protocolKey: '' };

  constructor(database: Database) {
    this.#database = database;
  }

  /** From now on `hasFeatures` speaks of features of this model, method and protocol. */
  setFeatureKey(key: FeatureKey): void {
    this.#featureKey = key;
  }

  /** Takes over a complete listing, already sorted for display: new files, changed ones, and those that are gone. */
  syncFiles(files: readonly ListedFile[]): FileChanges {
    return this.#database.transaction(() => {
      const changes: FileChanges = { added: [], changed: [], missing: [], returned: [] };
      const known = new Map(this.#fileRows().map((row) => [row.path, row]));
      files.forEach((file, rank) => {
        const row = known.get(file.path);
        known.delete(file.path);
        this.#syncFile(file, rank, row, changes);
      });
      for (const row of known.values()) {
        if (row.is_missing === 1) continue;
        this.#database.run('UPDATE image SET is_missing = 1 WHERE id = ?', row.id);
        changes.missing.push(row.id);
      }
      return changes;
    });
  }

  #fileRows(): FileRow[] {
    return this.#database.all<FileRow>(
      'SELECT id, path, sort_rank, size_bytes, modified_ms, is_missing FROM image',
    );
  }

  #syncFile(file: ListedFile, rank: number, row: FileRow | undefined, changes: FileChanges): void {
    if (row === undefined) {
      const { lastId } = this.#database.run(
        'INSERT INTO image (path, sort_rank, size_bytes, modified_ms) VALUES (?, ?, ?, ?)',
        file.path,
        rank,
        file.sizeBytes,
        file.modifiedMs,
      );
      changes.added.push(lastId);
      return;
    }
    const isChanged = row.size_bytes !== file.sizeBytes || row.modified_ms !== file.modifiedMs;
    if (isChanged) {
      this.#database.run(
        `UPDATE image SET size_bytes = ?, modified_ms = ?, is_probed = 0, problem_code = NULL, problem_message = NULL
         WHERE id = ?`,
        file.sizeBytes,
        file.modifiedMs,
        row.id,
      );
      changes.changed.push(row.id);
    }
    if (row.is_missing === 1) changes.returned.push(row.id);
    if (row.is_missing === 1 || row.sort_rank !== rank) {
      this.#database.run('UPDATE image SET is_missing = 0, sort_rank = ? WHERE id = ?', rank, row.id);
    }
  }

  list(query: ImageQuery): { total: number; images: ImageRecord[] } {
    const { where, values } = whereOf(query);
    const total =
      this.#database.get<{ n: number }>(`SELECT count(*) AS n FROM image WHERE ${where}`, ...values)?.n ?? 0;
    const rows = this.#database.all<ImageRow>(
      `${SELECT_IMAGE} WHERE ${where} ORDER BY sort_rank, id LIMIT ? OFFSET ?`,
      ...this.#keyValues(),
      ...values,
      query.limit,
      query.offset,
    );
    return { total, images: rows.map(recordOf) };
  }

  /** Ids of all listed images in display order. */
  ids(query: Pick<ImageQuery, 'state' | 'search'> = {}): ImageId[] {
    const { where, values } = whereOf(query);
    return this.#database
      .all<{ id: number }>(`SELECT id FROM image WHERE ${where} ORDER BY sort_rank, id`, ...values)
      .map((row) => row.id);
  }

  get(id: ImageId): ImageRecord | null {
    const row = this.#database.get<ImageRow>(`${SELECT_IMAGE} WHERE id = ?`, ...this.#keyValues(), id);
    return row === undefined ? null : recordOf(row);
  }

  /** Throws `image/not-found`. */
  require(id: ImageId): ImageRecord {
    const image = this.get(id);
    if (image === null)
      throw new AppError('image/not-found', `There is no image number ${id} in this project.`);
    return image;
  }

  byPath(path: string): ImageRecord | null {
    const row = this.#database.get<ImageRow>(`${SELECT_IMAGE} WHERE path = ?`, ...this.#keyValues(), path);
    return row === undefined ? null : recordOf(row);
  }

  /**
   * The next or previous image in display order. `afterId` null starts before the first (after the last when going
   * backward). `index` counts within the unfiltered list.
   */
  neighbour(
    afterId: ImageId | null,
    direction: 'forward' | 'backward',
    filter: 'all' | 'unreviewed',
  ): { imageId: ImageId; index: number } | null {
    const ids = this.ids();
    const open = filter === 'all' ? null : new Set(this.#unreviewedIds());
    const step = direction === 'forward' ? 1 : -1;
    const start = afterId === null ? (step === 1 ? -1 : ids.length) : ids.indexOf(afterId);
    for (let index = start + step; index >= 0 && index < ids.length; index += step) {
      const imageId = ids[index];
      if (imageId !== undefined && (open === null || open.has(imageId))) return { imageId, index };
    }
    return null;
  }

  #unreviewedIds(): ImageId[] {
    return this.#database
      .all<{ id: number }>("SELECT id FROM image WHERE state IN ('todo', 'in-progress')")
      .map((row) => row.id);
  }

  /** Images whose header has not been read since the file appeared or changed, in display order. */
  unprobedIds(limit: number): ImageId[] {
    return this.#database
      .all<{ id: number }>(
        'SELECT id FROM image WHERE is_probed = 0 AND is_missing = 0 ORDER BY sort_rank LIMIT ?',
        limit,
      )
      .map((row) => row.id);
  }

  isProbed(id: ImageId): boolean {
    return (
      this.#database.get<{ is_probed: number }>('SELECT is_probed FROM image WHERE id = ?', id)?.is_probed ===
      1
    );
  }

  /** Stores what the header says. A new size under existing regions is a problem: the old size stays with the masks. */
  setHeader(id: ImageId, header: ImageHeader): void {
    const image = this.require(id);
    const hasOtherSize =
      image.widthPx !== 0 && (image.widthPx !== header.widthPx || image.heightPx !== header.heightPx);
    if (hasOtherSize && image.regionCount > 0) {
      const message =
        `The file is now ${header.widthPx} × ${header.heightPx} pixels, but its masks were made at ` +
        `${image.widthPx} × ${image.heightPx}. Put the old file back, or delete its regions.`;
      return this.setProblem(id, { code: 'image/unsupported', message });
    }
    if (hasOtherSize) this.#database.run('DELETE FROM region WHERE image_id = ?', id);
    this.#database.run(
      `UPDATE image SET is_probed = 1, width_px = ?, height_px = ?, orientation = ?, format = ?, bit_depth = ?,
         channels = ?, problem_code = NULL, problem_message = NULL WHERE id = ?`,
      header.widthPx,
      header.heightPx,
      header.orientation,
      header.format,
      header.bitDepth,
      header.channels,
      id,
    );
  }

  /** Records why an image cannot be used. Counts as probed: it is not tried again until the file changes. */
  setProblem(id: ImageId, problem: { code: string; message: string }): void {
    this.#database.run(
      'UPDATE image SET is_probed = 1, problem_code = ?, problem_message = ? WHERE id = ?',
      problem.code,
      problem.message,
      id,
    );
  }

  /** The file was not there when it was wanted; the next listing decides. */
  setMissing(id: ImageId): void {
    this.#database.run('UPDATE image SET is_missing = 1 WHERE id = ?', id);
  }

  setState(id: ImageId, state: ReviewState): ImageRecord {
    this.#database.run('UPDATE image SET state = ? WHERE id = ?', state, id);
    return this.require(id);
  }

  revision(id: ImageId): number {
    return (
      this.#database.get<{ revision: number }>('SELECT revision FROM image WHERE id = ?', id)?.revision ?? 0
    );
  }

  /** Forgets an image with everything that belongs to it (the user drops a file that is gone). */
  remove(id: ImageId): void {
    this.#database.run('DELETE FROM image WHERE id = ?', id);
  }

  count(): number {
    return this.#database.get<{ n: number }>(`SELECT count(*) AS n FROM image WHERE ${IS_LISTED}`)?.n ?? 0;
  }

  problemCount(): number {
    return (
      this.#database.get<{ n: number }>(
        'SELECT count(*) AS n FROM image WHERE problem_code IS NOT NULL AND is_missing = 0',
      )?.n ?? 0
    );
  }

  stateCounts(): Record<ReviewState, number> {
    const counts: Record<ReviewState, number> = {
      todo: 0,
      'in-progress': 0,
      done: 0,
      'done-empty': 0,
      skipped: 0,
    };
    const rows = this.#database.all<{ state: ReviewState; n: number }>(
      `SELECT state, count(*) AS n FROM image WHERE ${IS_LISTED} GROUP BY state`,
    );
    for (const row of rows) counts[row.state] = row.n;
    return counts;
  }

  #keyValues(): [string, string, string] {
    return [this.#featureKey.modelId, this.#featureKey.method, this.#featureKey.protocolKey];
  }
}

interface FileRow {
  id: number;
  path: string;
  sort_rank: number;
  size_bytes: number;
  modified_ms: number;
  is_missing: number;
}
