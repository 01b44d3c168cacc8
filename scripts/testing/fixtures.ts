// Where tests find golden values: the portable set inside the project, and the larger set that lies beside the
// checkout on the project's own machines. A stranger's clone has no larger set: those tests are listed as skipped.

import { existsSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe } from 'vitest';

const projectRoot = resolve(dirname(fileURLToPath(import.meta.url)), '../..');

/** Set by the CI script: the larger golden set must be there. */
const isSharedRequired = process.env['CLEARLABEL_REQUIRE_SHARED'] === '1';

const sharedRoot = process.env['CLEARLABEL_SHARED'] ?? resolve(projectRoot, '../shared');

export const projectDir = projectRoot;
export const portableDir = join(projectRoot, 'test-fixtures', 'portable');

/** Path inside the shared fixtures (`../shared/fixtures/…`), or null when they are absent. */
export function sharedFixture(...parts: string[]): string | null {
  return existingOrNull(join(sharedRoot, 'fixtures', ...parts));
}

/** Path inside the shared photos (`../shared/data/…`), or null when they are absent. */
export function sharedData(...parts: string[]): string | null {
  return existingOrNull(join(sharedRoot, 'data', ...parts));
}

/** `describe` where the shared set is present or demanded, otherwise listed as not run. */
export function describeWithShared(name: string, define: () => void): void {
  const isPresent = existsSync(join(sharedRoot, 'fixtures'));
  if (isPresent || isSharedRequired) describe(name, define);
  else describe.skip(`${name} (not run: the shared golden values are not beside this checkout)`, define);
}

function existingOrNull(path: string): string | null {
  if (existsSync(path)) return path;
  if (isSharedRequired) throw new Error(`missing ${path}: CLEARLABEL_REQUIRE_SHARED=1 demands it`);
  return null;
}
