// The one error type that crosses process borders. Codes are stable; user text is chosen from the code
// and `message`, never by matching strings. Knows nothing of HTTP, Electron or SQLite.

export const ERROR_CODES = [
  'request/invalid',
  'request/forbidden',
  'request/not-found',
  'session/not-owner',
  'project/not-open',
  'project/folder-missing',
  'project/locked',
  'project/read-only',
  'project/newer-version',
  'project/damaged',
  'project/disk-full',
  'image/not-found',
  'image/missing',
  'image/empty-file',
  'image/truncated',
  'image/unsupported',
  'image/too-large',
  'image/decode-failed',
  'model/not-found',
  'model/unsupported',
  'model/damaged',
  'model/missing-tensor',
  'model/not-finite',
  'model/missing-file',
  'vocabulary/invalid',
  'import/invalid',
  'export/failed',
  'export/mismatch',
  'process/exited',
  'process/failed-repeatedly',
  'job/cancelled',
  'internal',
] as const;

export type ErrorCode = (typeof ERROR_CODES)[number];

export type ErrorDetails = Readonly<Record<string, unknown>>;

/** A problem the application expects and can explain. `message` is a plain English sentence that says what to do. */
export class AppError extends Error {
  readonly code: ErrorCode;
  readonly details: ErrorDetails;

  constructor(code: ErrorCode, message: string, options: { details?: ErrorDetails; cause?: unknown } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'AppError';
    this.code = code;
    this.details = options.details ?? {};
  }
}

/** Plain form of an error for process messages and HTTP bodies. */
export interface ErrorBody {
  code: ErrorCode;
  message: string;
  details: ErrorDetails;
}

export function errorBodyOf(error: unknown): ErrorBody {
  if (error instanceof AppError) return { code: error.code, message: error.message, details: error.details };
  const message = error instanceof Error ? error.message : String(error);
  return { code: 'internal', message, details: {} };
}

export function errorFromBody(body: ErrorBody): AppError {
  return new AppError(body.code, body.message, { details: body.details });
}
