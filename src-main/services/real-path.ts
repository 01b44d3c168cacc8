// Paths with their links resolved, also where the last parts do not exist yet.

import { realpathSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';

/** The absolute path, links resolved as far as it exists. */
export function resolveExistingPart(path: string): string {
  const absolute = resolve(path);
  const real = realPathOrNull(absolute);
  if (real !== null) return real;
  const parent = dirname(absolute);
  return parent === absolute ? absolute : join(resolveExistingPart(parent), basename(absolute));
}

function realPathOrNull(path: string): string | null {
  try {
    return realpathSync.native(path);
  } catch {
    return null;
  }
}
