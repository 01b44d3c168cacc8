// Error numbers of the file system as sentences that say what to do.

import { AppError, type ErrorCode } from '#shared/errors.ts';

const CODE_OF: Record<string, { code: ErrorCode; advice: string }> = {
  ENOSPC: { code: 'project/disk-full', advice: 'The disk is full. Free some space and try again.' },
  EDQUOT: { code: 'project/disk-full', advice: 'Your disk quota is used up. Free some space and try again.' },
  EROFS: { code: 'project/read-only', advice: 'The folder is read-only. Choose another place.' },
  EACCES: { code: 'project/read-only', advice: 'You may not write there. Choose another place.' },
  EPERM: { code: 'project/read-only', advice: 'You may not write there. Choose another place.' },
};

/** The AppError for a file system error; anything else is returned as it is. */
export function explainFileError(error: unknown, what: string): unknown {
  const number = (error as { code?: unknown } | null)?.code;
  const known = typeof number === 'string' ? CODE_OF[number] : undefined;
  if (known === undefined) return error;
  return new AppError(known.code, `${what} ${known.advice}`, { cause: error });
}
