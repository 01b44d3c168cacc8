// Small values of the project: settings, where the user was, and whatever a service wants to remember.

import type { ImageId } from '#shared/annotation/records.ts';
import type { ProjectSettings } from '#shared/contract/wire.ts';
import type { Database } from './database.ts';

export interface ProjectView {
  imageId: ImageId | null;
  /** Written and read by the window alone. */
  json: string;
}

const DEFAULT_SETTINGS: ProjectSettings = {
  method: 'clearclip',
  protocol: 'paper',
  modelFolder: null,
  provider: 'auto',
  // One patch of ViT-B/16 at the protocol's size; smaller parts are noise of the interpolation.
  minAreaPx: 256,
  overlapMode: 'over',
};

export class SettingRepository {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  settings(): ProjectSettings {
    return { ...DEFAULT_SETTINGS, ...(this.value<Partial<ProjectSettings>>('settings') ?? {}) };
  }

  patchSettings(patch: Partial<ProjectSettings>): ProjectSettings {
    const next = { ...this.settings(), ...patch };
    this.setValue('settings', next);
    return next;
  }

  view(): ProjectView {
    return this.value<ProjectView>('view') ?? { imageId: null, json: '{}' };
  }

  setView(view: ProjectView): void {
    this.setValue('view', view);
  }

  /** A JSON value by name, or null; the caller states its shape. */
  // eslint-disable-next-line @typescript-eslint/no-unnecessary-type-parameters
  value<T>(key: string): T | null {
    const row = this.#database.get<{ value: string }>('SELECT value FROM setting WHERE key = ?', key);
    return row === undefined ? null : (JSON.parse(row.value) as T);
  }

  setValue(key: string, value: unknown): void {
    this.#database.run(
      'INSERT INTO setting (key, value) VALUES (?, ?) ON CONFLICT DO UPDATE SET value = excluded.value',
      key,
      JSON.stringify(value),
    );
  }
}
