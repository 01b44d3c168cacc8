// An image that can be labelled: present, readable, of known size.

import type { ImageId, ImageRecord } from '#shared/annotation/records.ts';
import { AppError, ERROR_CODES, type ErrorCode } from '#shared/errors.ts';
import type { OpenProject } from './project.ts';

/** The record with its size. @throws AppError `image/*` with the reason why the image cannot be used */
export async function requireUsable(project: OpenProject, imageId: ImageId): Promise<ImageRecord> {
  const image = await project.access.ensureProbed(imageId);
  if (image.isMissing) {
    throw new AppError(
      'image/missing',
      `${image.path} is not in the folder any more. Put it back to label it.`,
    );
  }
  if (image.problem !== null) throw new AppError(codeOf(image.problem.code), image.problem.message);
  return image;
}

function codeOf(text: string): ErrorCode {
  return ERROR_CODES.find((known) => known === text) ?? 'image/decode-failed';
}
