// Numbers in exported files: given at the first export, from 1 upward without gaps, and the same ever after. A number
// is never given to something else, not even when its owner is gone.

import type { CategoryId, ImageId, RegionId } from '#shared/annotation/records.ts';
import type { Database } from './database.ts';

type Kind = 'annotation' | 'image' | 'category';

export class ExportIdRepository {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  annotationIds(ids: Iterable<RegionId>): Map<RegionId, number> {
    return this.#assign('annotation', ids);
  }

  imageIds(ids: Iterable<ImageId>): Map<ImageId, number> {
    return this.#assign('image', ids);
  }

  categoryIds(ids: Iterable<CategoryId>): Map<CategoryId, number> {
    return this.#assign('category', ids);
  }

  #assign<Key extends string | number>(kind: Kind, keys: Iterable<Key>): Map<Key, number> {
    return this.#database.transaction(() => {
      const numbers = new Map<Key, number>();
      let last =
        this.#database.get<{ id: number | null }>('SELECT max(id) AS id FROM export_id WHERE kind = ?', kind)
          ?.id ?? 0;
      for (const key of keys) {
        const known = this.#database.get<{ id: number }>(
          'SELECT id FROM export_id WHERE kind = ? AND key = ?',
          kind,
          String(key),
        );
        if (known === undefined) {
          last += 1;
          this.#database.run(
            'INSERT INTO export_id (kind, key, id) VALUES (?, ?, ?)',
            kind,
            String(key),
            last,
          );
        }
        numbers.set(key, known?.id ?? last);
      }
      return numbers;
    });
  }
}
