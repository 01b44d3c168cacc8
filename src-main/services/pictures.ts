// Pictures of an image for the window: a small one kept on disk, and the one to work on.

import type { ImageId } from '#shared/annotation/records.ts';
import { AppError } from '#shared/errors.ts';
import type { EncodedPicture } from '../workers/messages.ts';
import type { OpenProject } from './project.ts';

const THUMBNAIL_SIDE_PX = 256;
/** Above this a browser cannot be trusted to decode the whole picture. */
const DISPLAY_MAX_PIXELS = 160_000_000;

export interface Picture {
  body: Uint8Array<ArrayBuffer>;
  mimeType: string;
}

/** @throws AppError `image/*` */
export async function thumbnailPicture(project: OpenProject, imageId: ImageId): Promise<Picture> {
  requirePresent(project, imageId);
  return pictureOf(await project.access.thumbnail(imageId, THUMBNAIL_SIDE_PX));
}

/** @throws AppError `image/*` */
export async function displayPicture(project: OpenProject, imageId: ImageId): Promise<Picture> {
  requirePresent(project, imageId);
  return pictureOf(await project.access.display(imageId, DISPLAY_MAX_PIXELS));
}

function pictureOf(made: EncodedPicture): Picture {
  return { body: new Uint8Array(made.bytes), mimeType: made.mimeType };
}

function requirePresent(project: OpenProject, imageId: ImageId): void {
  const image = project.store.images.require(imageId);
  if (!image.isMissing) return;
  throw new AppError('image/missing', `${image.path} is not in the folder any more. Put it back to see it.`);
}
