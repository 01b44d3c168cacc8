// The sample project: a copy of assets/samples outside the checkout, so that trying the application out
// never changes the installed files.

import { cpSync, existsSync, mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { userDataFolder } from '#main/services/resources.ts';

/** Folder with the sample images, made on first use; images that are already there are left alone. */
export function sampleProjectFolder(projectRoot: string): string {
  const folder = join(userDataFolder(), 'samples');
  const source = join(projectRoot, 'assets', 'samples');
  mkdirSync(folder, { recursive: true });
  for (const name of readdirSync(source)) {
    if (name.endsWith('.md') || existsSync(join(folder, name))) continue;
    cpSync(join(source, name), join(folder, name));
  }
  return folder;
}
