// What the user reads for an error: chosen from its code, never from its text. The one place of that choice.

import { AppError, type ErrorCode } from '#shared/errors.ts';
import { ConnectionError } from './api-client.ts';

export interface Explanation {
  title: string;
  message: string;
  level: 'warning' | 'error';
}

const TITLES: Partial<Record<ErrorCode, string>> = {
  'request/invalid': 'That is not possible',
  'request/forbidden': 'Not allowed',
  'request/not-found': 'Not found',
  'session/not-owner': 'Another window edits this project',
  'project/not-open': 'No project is open',
  'project/folder-missing': 'The folder is not there',
  'project/locked': 'The project is in use',
  'project/read-only': 'The folder cannot be written',
  'project/newer-version': 'Made by a newer ClearLabel',
  'project/damaged': 'The project’s database is damaged',
  'project/disk-full': 'The disk is full',
  'image/not-found': 'This image is not in the project',
  'image/missing': 'The image file has gone',
  'image/empty-file': 'The image file is empty',
  'image/truncated': 'The image file is cut off',
  'image/unsupported': 'This image format is not supported',
  'image/too-large': 'The image is too large',
  'image/decode-failed': 'The image cannot be read',
  'model/not-found': 'No model',
  'model/unsupported': 'This model is not supported',
  'model/damaged': 'The model is damaged',
  'model/missing-tensor': 'The model is incomplete',
  'model/not-finite': 'The model holds invalid numbers',
  'model/missing-file': 'A file of the model is missing',
  'vocabulary/invalid': 'These class names cannot be used',
  'import/invalid': 'This file cannot be imported',
  'export/failed': 'The export failed',
  'export/mismatch': 'The export is not exact',
  'process/exited': 'A helper process stopped',
  'process/failed-repeatedly': 'A helper process keeps failing',
  internal: 'Something went wrong',
};

/** Null for a cancellation, which is never shown. */
export function explainError(error: unknown): Explanation | null {
  if (error instanceof ConnectionError)
    return { title: 'No connection', message: error.message, level: 'error' };
  if (error instanceof AppError) {
    if (error.code === 'job/cancelled') return null;
    const level = error.code.startsWith('vocabulary/') ? 'warning' : 'error';
    return { title: TITLES[error.code] ?? 'Something went wrong', message: error.message, level };
  }
  if (error instanceof DOMException && error.name === 'AbortError') return null;
  return {
    title: 'Something went wrong',
    message: error instanceof Error ? error.message : String(error),
    level: 'error',
  };
}
