// Pictures of an image for the window: a small one kept on disk, and the one to work on.

import { randomUUID } from 'node:crypto';
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ImageId, ImageRecord } from '#shared/annotation/records.ts';
import { AppError } from '#shared/errors.ts';
import type { ImagingWorkerApi } from '../workers/messages.ts';
import type { OpenProject } from './project.ts';

const THUMBNAIL_SIDE_PX = 256;
/** Above this a browser cannot be trusted to decode the whole picture. */
const DISPLAY_MAX_PIXELS = 160_000_000;

export interface Picture {
  body: Uint8Array<ArrayBuffer>;
  mimeType: string;
}

/** @throws AppError `image/*` */
export async function thumbnailPicture(
  project: OpenProject,
  imaging: ImagingWorkerApi,
  imageId: ImageId,
): Promise<Picture> {
  const image = requirePresent(project, imageId);
  const folder = join(project.storageFolder, 'thumbnails');
  const file = join(folder, `${image.id}-${image.sizeBytes}-${Math.round(image.modifiedMs)}.webp`);
  const kept = await readFile(file).catch(() => null);
  if (kept !== null) return { body: new Uint8Array(kept), mimeType: 'image/webp' };
  const made = await imaging.thumbnail({ path: project.pathOf(image), maxSidePx: THUMBNAIL_SIDE_PX });
  const body = new Uint8Array(made.bytes);
  await keep(folder, file, body);
  return { body, mimeType: made.mimeType };
}

/** @throws AppError `image/*` */
export async function displayPicture(
  project: OpenProject,
  imaging: ImagingWorkerApi,
  imageId: ImageId,
): Promise<Picture> {
  const image = requirePresent(project, imageId);
  const made = await imaging.display({ path: project.pathOf(image), maxPixels: DISPLAY_MAX_PIXELS });
  return { body: new Uint8Array(made.bytes), mimeType: made.mimeType };
}

function requirePresent(project: OpenProject, imageId: ImageId): ImageRecord {
  const image = project.store.images.require(imageId);
  if (!image.isMissing) return image;
  throw new AppError('image/missing', `${image.path} is not in the folder any more. Put it back to see it.`);
}

/** A thumbnail that cannot be kept (full or read-only disk) is made again next time: no reason to fail. */
async function keep(folder: string, file: string, bytes: Uint8Array): Promise<void> {
  const temporary = `${file}.${randomUUID()}`;
  try {
    await mkdir(folder, { recursive: true });
    await writeFile(temporary, bytes);
    await rename(temporary, file);
  } catch {
    await rm(temporary, { force: true });
  }
}
