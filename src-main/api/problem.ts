// Turns every error of a handler into an answer: problem body with a status that fits its code. One of the four
// places that catch errors.

import { AppError, errorBodyOf, type ErrorCode } from '#shared/errors.ts';

const STATUS_OF_CODE: Record<ErrorCode, number> = {
  'request/invalid': 400,
  'request/forbidden': 403,
  'request/not-found': 404,
  'session/not-owner': 409,
  'project/not-open': 409,
  'project/folder-missing': 404,
  'project/locked': 423,
  'project/read-only': 403,
  'project/newer-version': 409,
  'project/damaged': 422,
  'project/disk-full': 507,
  'image/not-found': 404,
  'image/missing': 410,
  'image/empty-file': 422,
  'image/truncated': 422,
  'image/unsupported': 422,
  'image/too-large': 422,
  'image/decode-failed': 422,
  'model/not-found': 404,
  'model/unsupported': 422,
  'model/damaged': 422,
  'model/missing-tensor': 422,
  'model/not-finite': 422,
  'model/missing-file': 422,
  'vocabulary/invalid': 422,
  'import/invalid': 422,
  'export/failed': 500,
  'export/mismatch': 500,
  'process/exited': 503,
  'process/failed-repeatedly': 503,
  'job/cancelled': 409,
  internal: 500,
};

/** The answer to a failed request; its body is `errorBodySchema`. */
export function problemResponse(error: unknown): Response {
  const body = errorBodyOf(error);
  if (!(error instanceof AppError)) console.error(error);
  return new Response(JSON.stringify(body), {
    status: STATUS_OF_CODE[body.code],
    headers: { 'content-type': 'application/problem+json; charset=utf-8', 'cache-control': 'no-store' },
  });
}
