// The sample project: a copy of assets/samples outside the checkout, so that trying the application out
// never changes the installed files.

import { cpSync, existsSync, mkdirSync, readdirSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';

/** Folder with the sample images, made on first use; images that are already there are left alone. */
export function sampleProjectFolder(projectRoot: string): string {
  const dataFolder = process.env['CLEARLABEL_HOME'] ?? join(homedir(), '.clearlabel');
  const folder = join(dataFolder, 'samples');
  const source = join(projectRoot, 'assets', 'samples');
  mkdirSync(folder, { recursive: true });
  for (const name of readdirSync(source)) {
    if (name.endsWith('.md') || existsSync(join(folder, name))) continue;
    cpSync(join(source, name), join(folder, name));
  }
  return folder;
}
