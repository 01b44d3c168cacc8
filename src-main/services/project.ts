// An open project: the folder, its store, its images and what it announces. Opening lists files first and reads
// headers afterwards, so that the first image shows at once whatever the size of the folder.

import { realpath, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { FeatureKey } from '#main/store/image-repository.ts';
import { openStore, type Store } from '#main/store/store.ts';
import type { ImagingWorkerApi } from '#main/workers/messages.ts';
import type { ImageId, ImageRecord } from '#shared/annotation/records.ts';
import { AppError } from '#shared/errors.ts';
import { backUpIfDue, listBackups } from './backups.ts';
import { EventBus } from './event-bus.ts';
import { ImageAccess } from './image-access.ts';
import { scanFolder } from './scan.ts';
import { findProjectPlace, readOnly, type ProjectPlace } from './storage-place.ts';
import { watchFolders, type FolderWatch } from './watch.ts';

export interface OpenProjectRequest {
  folder: string;
  /** Parent of the storage folder when the image folder is read-only; null = `.clearlabel/` inside it. */
  storageFolder: string | null;
}

export interface OpenProjectServices {
  imaging: ImagingWorkerApi;
  events?: EventBus;
  /** False for the command line: no watching, headers are read on demand only. */
  isLive?: boolean;
}

const HEADERS_PER_ROUND = 64;
const HEADERS_AT_ONCE = 2;

export class OpenProject {
  readonly folder: string;
  readonly storageFolder: string;
  readonly store: Store;
  readonly access: ImageAccess;
  /** What windows are told; the application's own bus where it gave one. */
  readonly events: EventBus;
  /** Settles when every header has been read in the background (at once when not live). Never rejects. */
  headersRead: Promise<void> = Promise.resolve();
  #isClosed = false;
  #scanning: Promise<void> | null = null;
  #backup: Promise<unknown> = Promise.resolve();
  #watch: FolderWatch | null = null;
  #watchedPlaces = '';
  readonly #isLive: boolean;

  constructor(place: ProjectPlace, store: Store, services: OpenProjectServices) {
    this.folder = place.folder;
    this.storageFolder = place.storageFolder;
    this.store = store;
    this.#isLive = services.isLive ?? true;
    this.events = services.events ?? new EventBus();
    this.access = new ImageAccess({
      folder: place.folder,
      thumbnailFolder: this.pathIn('thumbnails'),
      store,
      imaging: services.imaging,
      events: this.events,
    });
  }

  get name(): string {
    return basename(this.folder) || this.folder;
  }

  get isClosed(): boolean {
    return this.#isClosed;
  }

  /** A path inside the storage folder. */
  pathIn(...parts: string[]): string {
    return join(this.storageFolder, ...parts);
  }

  /**
   * The file of an image, absolute, links resolved. Throws `image/missing`, `request/forbidden` for a link that now
   * leads out of the project.
   */
  pathOf(image: Pick<ImageRecord, 'path'>): string {
    return this.access.pathOf(image);
  }

  /** Settles when the listing under way, if any, is in the store. Rejects when the folder cannot be listed. */
  async scanFinished(): Promise<void> {
    await this.#scanning;
  }

  /** Settles when changes in the folder are noticed from now on. */
  async watchReady(): Promise<void> {
    await this.#scanning;
    await this.#watch?.ready;
  }

  /** Lists the folder again: new, changed and vanished files. Calls at the same time share one listing. */
  rescan(reason: 'scan' | 'watch' = 'scan'): Promise<void> {
    this.#scanning ??= this.#scan(reason).finally(() => (this.#scanning = null));
    return this.#scanning;
  }

  /** Ends background work and closes the database; safe to call twice. */
  async close(): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    await this.#watch?.close();
    await Promise.allSettled([this.#scanning, this.headersRead, this.#backup]);
    this.store.close();
  }

  /** Starts what goes on while the project is open. Called once by `openProject`. */
  startBackground(): void {
    if (!this.#isLive) return;
    if (this.store.images.count() > 0) {
      // A backup that fails (disk full) must not keep anybody from working.
      this.#backup = backUpIfDue(this.store, this.pathIn('backup'), Date.now()).catch((error: unknown) =>
        this.#notice(`No backup was made: ${error instanceof Error ? error.message : String(error)}`),
      );
    }
    this.#readHeaders();
  }

  async #scan(reason: 'scan' | 'watch'): Promise<void> {
    const { files, linkedFolders, linkedFiles } = await scanFolder(this.folder);
    if (this.#isClosed) return;
    this.access.allowLinkedPlaces([...linkedFolders, ...linkedFiles]);
    const changes = this.store.images.syncFiles(files);
    if (this.#isLive) await this.#watchPlaces(linkedFolders);
    const { added, changed, missing, returned } = changes;
    if (added.length + changed.length + missing.length + returned.length === 0) return;
    this.events.publish({ type: 'images-changed', reason });
    if (reason === 'watch') this.#readHeaders();
  }

  async #watchPlaces(linkedFolders: readonly string[]): Promise<void> {
    const places = [await realpath(this.folder), ...linkedFolders];
    if (places.join('\n') === this.#watchedPlaces || this.#isClosed) return;
    this.#watchedPlaces = places.join('\n');
    await this.#watch?.close();
    this.#watch = watchFolders(places, () => this.#handleFolderChange());
  }

  #handleFolderChange(): void {
    this.rescan('watch').catch((error: unknown) =>
      this.#notice(
        `The folder could not be listed: ${error instanceof Error ? error.message : String(error)}`,
      ),
    );
  }

  #readHeaders(): void {
    this.headersRead = this.headersRead
      .then(() => this.#readAllHeaders())
      .catch((error: unknown) =>
        this.#notice(
          `Not all images could be checked: ${error instanceof Error ? error.message : String(error)}`,
        ),
      );
  }

  async #readAllHeaders(): Promise<void> {
    for (;;) {
      const ids = this.#isClosed ? [] : this.store.images.unprobedIds(HEADERS_PER_ROUND);
      if (ids.length === 0) return;
      const work = async (): Promise<void> => {
        for (let id = ids.shift(); id !== undefined && !this.#isClosed; id = ids.shift()) {
          await this.access.ensureProbed(id);
        }
      };
      await Promise.all(Array.from({ length: HEADERS_AT_ONCE }, work));
      if (!this.#isClosed) this.events.publish({ type: 'images-changed', reason: 'scan' });
    }
  }

  #notice(message: string): void {
    this.events.publish({ type: 'notice', level: 'warning', message });
  }
}

/** Where the dense features of an image lie for one model, method and protocol. */
export function featureFilePath(project: OpenProject, key: FeatureKey, imageId: ImageId): string {
  return project.pathIn('features', key.modelId, `${key.method}-${key.protocolKey}`, `${imageId}.feat`);
}

/**
 * Opens a folder as a project. When it settles, all files are listed; on a folder opened before, the known images are
 * there at once and the new listing follows in the background.
 *
 * Throws `project/folder-missing`, `project/locked`, `project/read-only` (with `details.needsStorageFolder`),
 * `project/damaged` (naming the last backup), `project/newer-version`, `project/disk-full`.
 */
export async function openProject(
  request: OpenProjectRequest,
  services: OpenProjectServices,
): Promise<OpenProject> {
  const place = await findProjectPlace(request.folder, request.storageFolder);
  const store = await openProjectStore(place);
  const project = new OpenProject(place, store, services);
  try {
    const isKnown = store.images.count() > 0 && (services.isLive ?? true);
    const listing = project.rescan();
    if (!isKnown) await listing;
    else listing.catch(() => {});
  } catch (error) {
    await project.close();
    throw error;
  }
  project.startBackground();
  return project;
}

async function openProjectStore(place: ProjectPlace): Promise<Store> {
  const file = join(place.storageFolder, 'project.db');
  try {
    if (await isEmptied(file, join(place.storageFolder, 'backup'))) {
      throw new AppError('project/damaged', 'The database of this project is empty.');
    }
    return openStore(file);
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    if (error.code === 'project/read-only') throw readOnly(place.folder, place.storageFolder, error);
    if (error.code === 'project/damaged') throw await damaged(place, error);
    throw error;
  }
}

/** To SQLite a file of 0 bytes is a fresh database; where there are backups, it is work that a power cut took. */
async function isEmptied(file: string, backupFolder: string): Promise<boolean> {
  const information = await stat(file).catch(() => null);
  return information?.size === 0 && (await listBackups(backupFolder)).length > 0;
}

async function damaged(place: ProjectPlace, error: AppError): Promise<AppError> {
  const [backup] = await listBackups(join(place.storageFolder, 'backup'));
  const file = join(place.storageFolder, 'project.db');
  const advice =
    backup === undefined
      ? 'There is no backup. Move the file away to start anew; nothing in it is deleted.'
      : `The last backup is ${backup}: move the damaged file away and copy the backup to its place.`;
  return new AppError('project/damaged', `The database ${file} is damaged and was not opened. ${advice}`, {
    details: { ...error.details, file, backup: backup ?? null },
    cause: error,
  });
}
