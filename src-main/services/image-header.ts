// Reads the header of an image that nobody has looked at yet, so that its size is known before its masks are.

import type { ImageRecord } from '#shared/annotation/records.ts';
import { AppError, ERROR_CODES, type ErrorCode } from '#shared/errors.ts';
import type { ImagingWorkerApi } from '../workers/messages.ts';
import type { OpenProject } from './project.ts';

/**
 * The record with its size; reads the file's header if that has not happened.
 * @throws AppError `image/*` with the reason why the image cannot be used
 */
export async function ensureHeader(
  project: OpenProject,
  imaging: ImagingWorkerApi,
  image: ImageRecord,
): Promise<ImageRecord> {
  const { images } = project.store;
  if (!images.isProbed(image.id)) {
    try {
      images.setHeader(image.id, await imaging.probe({ path: project.pathOf(image) }));
    } catch (error) {
      if (!(error instanceof AppError) || !error.code.startsWith('image/')) throw error;
      images.setProblem(image.id, { code: error.code, message: error.message });
      throw error;
    }
  }
  const probed = images.require(image.id);
  if (probed.problem !== null) throw problemError(probed.problem);
  return probed;
}

function problemError(problem: { code: string; message: string }): AppError {
  const code = ERROR_CODES.find((known): known is ErrorCode => known === problem.code);
  return new AppError(code ?? 'image/decode-failed', problem.message);
}
