// Pictures for the canvas: fetched, decoded without colour changes, the next one fetched ahead. Keeps a few encoded
// files and no decoded picture, so that leafing through a folder does not grow the memory.

import { AppError, type ErrorCode } from '#shared/errors.ts';
import { errorBodySchema } from '#shared/contract/wire.ts';
import { displayUrl } from './api-client.ts';

export interface PictureSource {
  id: number;
  modifiedMs: number;
}

const MOST_KEPT = 3;

export class PictureLoader {
  readonly #blobs = new Map<string, Promise<Blob>>();
  readonly #fetch: (url: string) => Promise<Blob>;

  constructor(fetchPicture: (url: string) => Promise<Blob> = fetchBlob) {
    this.#fetch = fetchPicture;
  }

  /** @throws AppError that says why the image cannot be shown */
  async load(image: PictureSource): Promise<ImageBitmap> {
    const blob = await this.#blobOf(displayUrl(image));
    return createImageBitmap(blob, { premultiplyAlpha: 'none', colorSpaceConversion: 'none' });
  }

  /** Fetches without decoding; a failure is met again, and told, when the image is opened. */
  prefetch(image: PictureSource): void {
    this.#blobOf(displayUrl(image)).catch(() => undefined);
  }

  #blobOf(url: string): Promise<Blob> {
    const known = this.#blobs.get(url);
    this.#blobs.delete(url);
    const blob = known ?? this.#fetch(url);
    this.#blobs.set(url, blob);
    blob.catch(() => this.#blobs.delete(url));
    for (const oldest of this.#blobs.keys()) {
      if (this.#blobs.size <= MOST_KEPT) break;
      this.#blobs.delete(oldest);
    }
    return blob;
  }
}

async function fetchBlob(url: string): Promise<Blob> {
  const response = await fetch(url);
  if (response.ok) return response.blob();
  const body = errorBodySchema.safeParse(await response.json().catch(() => null));
  const code: ErrorCode = body.success ? body.data.code : 'image/decode-failed';
  throw new AppError(code, body.success ? body.data.message : 'The picture cannot be loaded.');
}
