// Turns what the decoder or the file system says into one of our codes with a sentence for the user.

import { AppError } from '#shared/errors.ts';
import type { ImageFormat } from './image-format.ts';

const TRUNCATED =
  /premature end|truncat|unexpected end|end of (file|stream)|read error|not enough data|too short|bad seek|unable to parse|scanline|no 'meta' box|parse error|data ends/i;
const TOO_LARGE = /pixel limit|exceeds|too large|dimension/i;

/** The AppError for a failure while reading a picture; AppErrors pass unchanged. */
export function explainDecodeError(error: unknown, format: ImageFormat | null): AppError {
  if (error instanceof AppError) return error;
  const fileError = explainFileError(error);
  if (fileError !== null) return fileError;
  const text = error instanceof Error ? error.message : String(error);
  const options = { details: { decoder: text.split('\n')[0] ?? '', format }, cause: error };
  if (format === 'heic') {
    return new AppError(
      'image/unsupported',
      'HEIC pictures with HEVC compression cannot be read here. Convert the file to JPEG or PNG.',
      options,
    );
  }
  if (TRUNCATED.test(text)) {
    return new AppError(
      'image/truncated',
      'The file is cut off: part of the picture is missing. Copy it again from its source.',
      options,
    );
  }
  if (TOO_LARGE.test(text)) {
    return new AppError(
      'image/too-large',
      'The picture is too large to be decoded. Make it smaller.',
      options,
    );
  }
  const name = format === null ? 'picture' : format.toUpperCase();
  return new AppError(
    'image/decode-failed',
    `This ${name} file is damaged and cannot be decoded. Replace it.`,
    options,
  );
}

function explainFileError(error: unknown): AppError | null {
  const code = (error as { code?: unknown } | null)?.code;
  if (typeof code !== 'string') return null;
  if (code === 'ENOENT' || code === 'ENOTDIR') {
    return new AppError('image/missing', 'The file is no longer in the folder.', { cause: error });
  }
  if (code === 'EACCES' || code === 'EPERM') {
    return new AppError('image/decode-failed', 'The file may not be read. Check its permissions.', {
      cause: error,
    });
  }
  if (code === 'EIO' || code === 'EISDIR') {
    return new AppError('image/decode-failed', 'The file cannot be read from the drive.', { cause: error });
  }
  return null;
}
