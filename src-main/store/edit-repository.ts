// Applies the finished actions of the user: each one whole or not at all, and once even when it is sent twice.

import type { ImageId, ImageRecord, RegionRecord, ReviewState } from '#shared/annotation/records.ts';
import type { EditRequest } from '#shared/contract/wire.ts';
import { AppError } from '#shared/errors.ts';
import { bytesFromBase64 } from '#shared/mask/base64.ts';
import type { Database } from './database.ts';
import type { ImageRepository } from './image-repository.ts';
import type { RegionRepository } from './region-repository.ts';

type Change = EditRequest['changes'][number];
type PutChange = Extract<Change, { kind: 'put' }>;

export interface EditResult {
  /** Number of changes that the image has seen; grows by one with every action. */
  revision: number;
  /** The same edit had been applied before: nothing was done this time. */
  isRepeated: boolean;
}

export class EditRepository {
  readonly #database: Database;
  readonly #images: ImageRepository;
  readonly #regions: RegionRepository;

  constructor(database: Database, images: ImageRepository, regions: RegionRepository) {
    this.#database = database;
    this.#images = images;
    this.#regions = regions;
  }

  /**
   * Stores one action in one transaction. Work on an image in state todo or done-empty makes it "in progress".
   *
   * Throws `image/not-found`, `request/invalid`, and the `project/*` errors of a full or read-only disk; then nothing
   * was changed.
   */
  applyEdit(imageId: ImageId, edit: EditRequest): EditResult {
    return this.#database.transaction(() => {
      const image = this.#images.require(imageId);
      const earlier = this.#database.get<{ revision: number; image_id: number }>(
        'SELECT revision, image_id FROM edit WHERE edit_id = ?',
        edit.editId,
      );
      if (earlier !== undefined && earlier.image_id !== imageId) {
        throw invalid('An edit of another image has this number.');
      }
      if (earlier !== undefined) return { revision: earlier.revision, isRepeated: true };
      for (const change of edit.changes) {
        if (change.kind === 'put') this.#put(image, change);
        else this.#remove(image, change.regionId);
      }
      this.#touchState(image, edit.changes);
      const revision = bumpRevision(this.#database, imageId);
      this.#database.run(
        'INSERT INTO edit (edit_id, image_id, revision, label, created_ms) VALUES (?, ?, ?, ?, ?)',
        edit.editId,
        imageId,
        revision,
        edit.label,
        Date.now(),
      );
      return { revision, isRepeated: false };
    });
  }

  /** Drops the memory of actions older than `beforeMs`: nobody sends them again. */
  forgetBefore(beforeMs: number): void {
    this.#database.run('DELETE FROM edit WHERE created_ms < ?', beforeMs);
  }

  #put(image: ImageRecord, change: PutChange): void {
    const fields = change.record;
    if (fields.imageId !== image.id) throw invalid('The region belongs to another image.');
    if (image.widthPx === 0) throw invalid('The size of the image is not known yet.');
    const held = this.#regions.get(fields.id);
    if (held !== null && held.imageId !== image.id) throw invalid('The region belongs to another image.');
    if (!change.allTiles && (held === null || held.status === 'proposal')) {
      throw new AppError(
        'request/invalid',
        'The whole mask must be sent for a region that is new or was a proposal.',
        {
          details: { regionId: fields.id, needsAllTiles: true },
        },
      );
    }
    const category = this.#database.get('SELECT id FROM category WHERE id = ?', fields.categoryId);
    if (category === undefined) throw invalid(`There is no class number ${fields.categoryId}.`);
    const tiles = change.tiles.map((tile) => ({
      tileKey: tile.tileKey,
      runs: tile.runs === null ? null : bytesFromBase64(tile.runs),
    }));
    // Area and box of the request are ignored: `put` derives its own.
    this.#regions.put(fields, image, tiles, change.allTiles);
    // Undo of a rejection brings the region back: it is wanted after all.
    this.#database.run('DELETE FROM rejected WHERE region_id = ?', fields.id);
  }

  #remove(image: ImageRecord, regionId: string): void {
    const held = this.#regions.get(regionId);
    // Gone already (a re-run replaced the proposal): what the user wanted is so.
    if (held === null) return;
    if (held.imageId !== image.id) throw invalid('The region belongs to another image.');
    this.#rememberRejected(held);
    this.#regions.remove(regionId);
  }

  #rememberRejected(record: RegionRecord): void {
    if (record.source === 'human' || record.source === 'imported') return;
    this.#database.run(
      'INSERT OR REPLACE INTO rejected (region_id, image_id, category_id, box_x, box_y, box_width, box_height) VALUES (?, ?, ?, ?, ?, ?, ?)',
      record.id,
      record.imageId,
      record.categoryId,
      ...record.box,
    );
  }

  #touchState(image: ImageRecord, changes: readonly Change[]): void {
    const isRegionPut = changes.some((change) => change.kind === 'put' && change.record.status === 'region');
    const isReopened = image.state === 'done-empty' && isRegionPut;
    const next: ReviewState = image.state === 'todo' || isReopened ? 'in-progress' : image.state;
    if (next !== image.state) this.#images.setState(image.id, next);
  }
}

/** Counts one more change of an image and returns the new number. */
export function bumpRevision(database: Database, imageId: ImageId): number {
  return (
    database.get<{ revision: number }>(
      'UPDATE image SET revision = revision + 1 WHERE id = ? RETURNING revision',
      imageId,
    )?.revision ?? 0
  );
}

function invalid(message: string): AppError {
  return new AppError('request/invalid', message);
}
