// The vocabulary: reads and writes categories. Rules for names live in the vocabulary service.

import type { Category, CategoryId, ImageId } from '#shared/annotation/records.ts';
import { AppError } from '#shared/errors.ts';
import type { Database } from './database.ts';

export type NewCategory = Omit<Category, 'id' | 'order'>;
export type CategoryPatch = Partial<Omit<Category, 'id'>>;

export interface CategoryCounts {
  regions: number;
  proposals: number;
}

interface CategoryRow {
  id: number;
  name: string;
  color: string;
  prompts: string;
  threshold: number;
  kind: Category['kind'];
  supercategory: string;
  position: number;
}

export class CategoryRepository {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  /** In the user's order; `order` is dense from 0. */
  list(): Category[] {
    const rows = this.#database.all<CategoryRow>('SELECT * FROM category ORDER BY position, id');
    return rows.map((row, order) => ({
      id: row.id,
      name: row.name,
      color: row.color,
      prompts: JSON.parse(row.prompts) as string[],
      threshold: row.threshold,
      kind: row.kind,
      supercategory: row.supercategory,
      order,
    }));
  }

  /** Throws `request/not-found`. */
  require(id: CategoryId): Category {
    const category = this.list().find((candidate) => candidate.id === id);
    if (category === undefined) throw new AppError('request/not-found', `There is no class number ${id}.`);
    return category;
  }

  /** Appends at the end of the list. */
  add(category: NewCategory): Category {
    const position =
      this.#database.get<{ n: number }>('SELECT coalesce(max(position) + 1, 0) AS n FROM category')?.n ?? 0;
    const { lastId } = this.#database.run(
      'INSERT INTO category (name, color, prompts, threshold, kind, supercategory, position) VALUES (?, ?, ?, ?, ?, ?, ?)',
      category.name,
      category.color,
      JSON.stringify(category.prompts),
      category.threshold,
      category.kind,
      category.supercategory,
      position,
    );
    return this.require(lastId);
  }

  /** `order` moves the category to that place of the list. */
  update(id: CategoryId, patch: CategoryPatch): Category {
    return this.#database.transaction(() => {
      const { order, ...fields } = patch;
      const next = { ...this.require(id), ...fields };
      this.#database.run(
        'UPDATE category SET name = ?, color = ?, prompts = ?, threshold = ?, kind = ?, supercategory = ? WHERE id = ?',
        next.name,
        next.color,
        JSON.stringify(next.prompts),
        next.threshold,
        next.kind,
        next.supercategory,
        id,
      );
      if (order !== undefined) this.#move(id, order);
      return this.require(id);
    });
  }

  /** Removes a category; its regions go to `reassignTo`, or are dropped when null. Returns the images touched. */
  remove(id: CategoryId, reassignTo: CategoryId | null): ImageId[] {
    return this.#database.transaction(() => {
      this.require(id);
      if (reassignTo !== null) this.require(reassignTo);
      if (reassignTo === id) throw new AppError('request/invalid', 'A class cannot be replaced by itself.');
      const touched = this.#database
        .all<{ image_id: number }>('SELECT DISTINCT image_id FROM region WHERE category_id = ?', id)
        .map((row) => row.image_id);
      // Proposals of a class that is gone mean nothing; only the user's regions move.
      this.#database.run("DELETE FROM region WHERE category_id = ? AND status = 'proposal'", id);
      if (reassignTo === null) this.#database.run('DELETE FROM region WHERE category_id = ?', id);
      else this.#database.run('UPDATE region SET category_id = ? WHERE category_id = ?', reassignTo, id);
      this.#database.run('DELETE FROM category WHERE id = ?', id);
      for (const imageId of touched) {
        this.#database.run('UPDATE image SET revision = revision + 1 WHERE id = ?', imageId);
      }
      return touched;
    });
  }

  /** Regions and proposals of every category over all images; categories without any are there with zeros. */
  counts(): Map<CategoryId, CategoryCounts> {
    const counts = new Map<CategoryId, CategoryCounts>();
    for (const { id } of this.list()) counts.set(id, { regions: 0, proposals: 0 });
    const rows = this.#database.all<{ category_id: number; status: string; n: number }>(
      'SELECT category_id, status, count(*) AS n FROM region GROUP BY category_id, status',
    );
    for (const row of rows) {
      const entry = counts.get(row.category_id);
      if (entry === undefined) continue;
      if (row.status === 'region') entry.regions = row.n;
      else entry.proposals = row.n;
    }
    return counts;
  }

  #move(id: CategoryId, order: number): void {
    const ids = this.list()
      .map((category) => category.id)
      .filter((other) => other !== id);
    ids.splice(Math.min(order, ids.length), 0, id);
    ids.forEach((other, position) =>
      this.#database.run('UPDATE category SET position = ? WHERE id = ?', position, other),
    );
  }
}
