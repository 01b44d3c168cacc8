// Everything a project remembers, opened from one file: the repositories side by side over one database. The only
// thing that services import from this folder, besides types.

import { statSync } from 'node:fs';
import { AppError } from '#shared/errors.ts';
import { CategoryRepository } from './category-repository.ts';
import { openDatabase, type Database } from './database.ts';
import { EditRepository } from './edit-repository.ts';
import { ExportIdRepository } from './export-id-repository.ts';
import { FeatureRepository } from './feature-repository.ts';
import { ImageRepository } from './image-repository.ts';
import { JobRepository } from './job-repository.ts';
import { migrate } from './migrate.ts';
import { ProposalRepository } from './proposal-repository.ts';
import { RegionRepository } from './region-repository.ts';
import { SettingRepository } from './setting-repository.ts';

/** Above this a full check would make opening slow; SQLite still notices damage when it reads a damaged page. */
const MAX_CHECKED_BYTES = 64 * 1024 * 1024;
const EDIT_MEMORY_MS = 30 * 24 * 3600 * 1000;

export interface Store {
  readonly file: string;
  readonly categories: CategoryRepository;
  readonly images: ImageRepository;
  readonly regions: RegionRepository;
  readonly edits: EditRepository;
  readonly proposals: ProposalRepository;
  readonly features: FeatureRepository;
  readonly jobs: JobRepository;
  readonly settings: SettingRepository;
  readonly exportIds: ExportIdRepository;
  /** All or nothing over several repositories. */
  transaction<T>(work: () => T): T;
  /** Copies the database to another file while it stays in use. */
  backupTo(target: string): Promise<void>;
  close(): void;
}

/**
 * Opens or creates a project database for this process alone.
 *
 * Throws `project/locked`, `project/read-only`, `project/damaged`, `project/newer-version`, `project/disk-full`.
 */
export function openStore(file: string): Store {
  const database = openDatabase(file);
  try {
    checkIntegrity(database);
    migrate(database);
  } catch (error) {
    database.close();
    throw error;
  }
  const store = createStore(database);
  store.edits.forgetBefore(Date.now() - EDIT_MEMORY_MS);
  return store;
}

function createStore(database: Database): Store {
  const images = new ImageRepository(database);
  const regions = new RegionRepository(database);
  return {
    file: database.file,
    categories: new CategoryRepository(database),
    images,
    regions,
    edits: new EditRepository(database, images, regions),
    proposals: new ProposalRepository(database, images, regions),
    features: new FeatureRepository(database),
    jobs: new JobRepository(database),
    settings: new SettingRepository(database),
    exportIds: new ExportIdRepository(database),
    transaction: (work) => database.transaction(work),
    backupTo: (target) => database.backupTo(target),
    close: () => database.close(),
  };
}

function checkIntegrity(database: Database): void {
  if (database.file === ':memory:' || statSync(database.file).size > MAX_CHECKED_BYTES) return;
  const answer = database.pragma('quick_check(1)');
  if (answer === 'ok') return;
  throw new AppError('project/damaged', 'The database of this project is damaged.', {
    details: { file: database.file, sqlite: answer },
  });
}
