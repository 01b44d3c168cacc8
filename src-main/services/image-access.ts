// From an image's number to its file, header, picture and thumbnail. Files are reached by number only, and only where
// the folder scan found them; a file that cannot be read is listed with the reason.

import { realpathSync } from 'node:fs';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { EncodedPicture, ImageProbe, ImagingWorkerApi } from '#main/workers/messages.ts';
import type { Store } from '#main/store/store.ts';
import type { ImageId, ImageRecord } from '#shared/annotation/records.ts';
import { AppError } from '#shared/errors.ts';
import type { EventBus } from './event-bus.ts';
import { isInside } from './scan.ts';

export interface ImageAccessParts {
  folder: string;
  thumbnailFolder: string;
  store: Store;
  imaging: ImagingWorkerApi;
  events: EventBus;
}

export class ImageAccess {
  readonly #parts: ImageAccessParts;
  readonly #probing = new Map<ImageId, Promise<ImageRecord>>();
  #linkedPlaces: readonly string[] = [];
  #retries: Promise<unknown> = Promise.resolve();

  constructor(parts: ImageAccessParts) {
    this.#parts = parts;
  }

  /** Real places outside the folder that links inside it lead to, as the scan found them. */
  allowLinkedPlaces(places: readonly string[]): void {
    this.#linkedPlaces = places;
  }

  /**
   * The file of an image, absolute, links resolved.
   *
   * Throws `image/missing`, and `request/forbidden` for a link that leads elsewhere than it did when the folder was
   * listed.
   */
  pathOf(image: Pick<ImageRecord, 'path'>): string {
    const { folder } = this.#parts;
    const path = realPathOrNull(join(folder, image.path));
    if (path === null) throw new AppError('image/missing', `${image.path} is no longer in the folder.`);
    const roots = [realPathOrNull(folder) ?? folder, ...this.#linkedPlaces];
    if (roots.some((root) => isInside(root, path))) return path;
    throw new AppError('request/forbidden', `${image.path} now leads out of the project's folder.`);
  }

  /** The record with the header read; reads it now if that has not happened yet. Problems are in the record. */
  async ensureProbed(id: ImageId): Promise<ImageRecord> {
    const { store } = this.#parts;
    const image = store.images.require(id);
    if (store.images.isProbed(id) || image.isMissing) return image;
    const running = this.#probing.get(id) ?? this.#probe(id).finally(() => this.#probing.delete(id));
    this.#probing.set(id, running);
    return running;
  }

  async #probe(id: ImageId): Promise<ImageRecord> {
    const { store, imaging } = this.#parts;
    try {
      const path = this.pathOf(store.images.require(id));
      const header = await imaging.probe({ path }).catch((error: unknown) => this.#probeAlone(path, error));
      store.images.setHeader(id, header);
    } catch (error) {
      if (!this.reportFailure(id, error)) throw error;
    }
    return store.images.require(id);
  }

  /**
   * Tries a file again after the imaging process died, one file at a time: of the files that were being read, only the
   * one that kills the decoder a second time is to blame.
   */
  async #probeAlone(path: string, error: unknown): Promise<ImageProbe> {
    if (!isCrash(error)) throw error;
    const again = this.#retries.then(() => this.#parts.imaging.probe({ path }));
    this.#retries = again.catch(() => null);
    return again.catch((second: unknown) => {
      if (!isCrash(second)) throw second;
      const message = 'Reading this file crashes the decoder: it is damaged. Replace it.';
      throw new AppError('image/decode-failed', message, { cause: second });
    });
  }

  /**
   * Lists an image as unusable, or as gone, when the error says so and tells the windows. Returns false for errors
   * that say nothing about the file (a crashed process).
   */
  reportFailure(id: ImageId, error: unknown): boolean {
    const { store, events } = this.#parts;
    if (!(error instanceof AppError)) return false;
    if (!error.code.startsWith('image/') && error.code !== 'request/forbidden') return false;
    if (store.images.get(id) === null) return true;
    // A file that is gone has no fault of its own; it is as before when it comes back.
    if (error.code === 'image/missing') store.images.setMissing(id);
    else store.images.setProblem(id, { code: error.code, message: error.message });
    events.publish({ type: 'image', image: store.images.require(id) });
    return true;
  }

  /** Upright picture for the window, shrunk only above `maxPixels`. Throws `image/*`. */
  async display(id: ImageId, maxPixels: number): Promise<EncodedPicture> {
    return this.#read(id, (path) => this.#parts.imaging.display({ path, maxPixels }));
  }

  /** Small upright WebP, kept on disk until the file changes. Throws `image/*`. */
  async thumbnail(id: ImageId, maxSidePx: number): Promise<EncodedPicture> {
    const image = this.#parts.store.images.require(id);
    const stamp = `${image.sizeBytes.toString(36)}-${Math.round(image.modifiedMs).toString(36)}`;
    const file = join(this.#parts.thumbnailFolder, `${id}-${maxSidePx}-${stamp}.webp`);
    const cached = await readFile(file).catch(() => null);
    if (cached !== null) {
      return { bytes: cached, mimeType: 'image/webp', ...shownSize(image, maxSidePx) };
    }
    const picture = await this.#read(id, (path) => this.#parts.imaging.thumbnail({ path, maxSidePx }));
    await this.#keep(file, picture.bytes);
    return picture;
  }

  async #read(id: ImageId, work: (path: string) => Promise<EncodedPicture>): Promise<EncodedPicture> {
    try {
      return await work(this.pathOf(this.#parts.store.images.require(id)));
    } catch (error) {
      this.reportFailure(id, error);
      throw error;
    }
  }

  /** A cache that cannot be written (disk full) costs time, nothing else. */
  async #keep(file: string, bytes: Uint8Array): Promise<void> {
    const unfinished = `${file}.${process.pid}.tmp`;
    await mkdir(this.#parts.thumbnailFolder, { recursive: true })
      .then(() => writeFile(unfinished, bytes))
      .then(() => rename(unfinished, file))
      .catch(() => {});
  }
}

function isCrash(error: unknown): boolean {
  return error instanceof AppError && error.code === 'process/exited';
}

function realPathOrNull(path: string): string | null {
  try {
    return realpathSync.native(path);
  } catch {
    return null;
  }
}

function shownSize(image: ImageRecord, maxSidePx: number): { widthPx: number; heightPx: number } {
  const factor = Math.min(1, maxSidePx / Math.max(image.widthPx, image.heightPx, 1));
  return {
    widthPx: Math.max(1, Math.round(image.widthPx * factor)),
    heightPx: Math.max(1, Math.round(image.heightPx * factor)),
  };
}
