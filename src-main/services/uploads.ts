// Files that a window sent for import, kept beside the database until the project closes.

import { existsSync, mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { AppError } from '#shared/errors.ts';

export class Uploads {
  readonly #folder: string;
  readonly #ids = new Set<string>();

  /** @param folder of the project's own data; emptied here, since uploads never outlive a session */
  constructor(folder: string) {
    this.#folder = folder;
    rmSync(folder, { recursive: true, force: true });
  }

  create(): { id: string; path: string } {
    mkdirSync(this.#folder, { recursive: true });
    const id = crypto.randomUUID();
    this.#ids.add(id);
    return { id, path: this.#fileOf(id) };
  }

  /** @throws AppError `request/not-found` */
  pathOf(id: string): string {
    if (!this.#ids.has(id) || !existsSync(this.#fileOf(id))) {
      throw new AppError('request/not-found', 'The uploaded file is gone. Choose it again.');
    }
    return this.#fileOf(id);
  }

  remove(id: string): void {
    if (this.#ids.delete(id)) rmSync(this.#fileOf(id), { force: true });
  }

  clear(): void {
    this.#ids.clear();
    rmSync(this.#folder, { recursive: true, force: true });
  }

  #fileOf(id: string): string {
    return join(this.#folder, `${id}.json`);
  }
}
