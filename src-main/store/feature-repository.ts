// Which features exist: dense ones as files beside the database (only their index is here), text ones as rows.

import type { ImageId } from '#shared/annotation/records.ts';
import type { Database } from './database.ts';
import type { FeatureKey } from './image-repository.ts';

export class FeatureRepository {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  /** Records that the feature file of an image, as the file is listed now, lies on disk. */
  add(imageId: ImageId, key: FeatureKey): void {
    this.#database.run(
      `INSERT OR REPLACE INTO feature (image_id, model_id, method, protocol_key, source_size_bytes, source_modified_ms)
       SELECT id, ?, ?, ?, size_bytes, modified_ms FROM image WHERE id = ?`,
      key.modelId,
      key.method,
      key.protocolKey,
      imageId,
    );
  }

  /** True when features of the present state of the image file exist. */
  has(imageId: ImageId, key: FeatureKey): boolean {
    return (
      this.#database.get(
        `SELECT 1 FROM feature JOIN image ON image.id = image_id WHERE image_id = ? AND model_id = ? AND method = ?
           AND protocol_key = ? AND source_size_bytes = size_bytes AND source_modified_ms = modified_ms`,
        imageId,
        key.modelId,
        key.method,
        key.protocolKey,
      ) !== undefined
    );
  }

  /** Forgets a feature file that turned out to be gone or damaged. */
  remove(imageId: ImageId, key: FeatureKey): void {
    this.#database.run(
      'DELETE FROM feature WHERE image_id = ? AND model_id = ? AND method = ? AND protocol_key = ?',
      imageId,
      key.modelId,
      key.method,
      key.protocolKey,
    );
  }

  /** Present, readable images without such features, in display order. */
  imageIdsWithout(key: FeatureKey): ImageId[] {
    return this.#database
      .all<{ id: number }>(
        `SELECT id FROM image WHERE is_missing = 0 AND problem_code IS NULL AND NOT EXISTS (
           SELECT 1 FROM feature WHERE image_id = image.id AND model_id = ? AND method = ? AND protocol_key = ?
             AND source_size_bytes = size_bytes AND source_modified_ms = modified_ms)
         ORDER BY sort_rank, id`,
        key.modelId,
        key.method,
        key.protocolKey,
      )
      .map((row) => row.id);
  }

  /** Text vectors already known, by name. */
  textVectors(modelId: string, templateHash: string, names: readonly string[]): Map<string, Float32Array> {
    const vectors = new Map<string, Float32Array>();
    for (const name of names) {
      const row = this.#database.get<{ vector: Uint8Array }>(
        'SELECT vector FROM text_feature WHERE model_id = ? AND template_hash = ? AND name = ?',
        modelId,
        templateHash,
        name,
      );
      if (row !== undefined) vectors.set(name, floatsOf(row.vector));
    }
    return vectors;
  }

  addTextVectors(modelId: string, templateHash: string, vectors: ReadonlyMap<string, Float32Array>): void {
    this.#database.transaction(() => {
      for (const [name, vector] of vectors) {
        this.#database.run(
          'INSERT OR REPLACE INTO text_feature (model_id, template_hash, name, vector) VALUES (?, ?, ?, ?)',
          modelId,
          templateHash,
          name,
          new Uint8Array(vector.buffer, vector.byteOffset, vector.byteLength),
        );
      }
    });
  }
}

/** A blob need not start at a multiple of four bytes: copy. */
function floatsOf(bytes: Uint8Array): Float32Array {
  return new Float32Array(bytes.slice().buffer);
}
