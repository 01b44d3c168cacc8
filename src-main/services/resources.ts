// Where the program's own files and the user's own data lie, in a source checkout, in the bundle and in an
// installed application. Reads paths only; creates nothing.

import { existsSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join, resolve } from 'node:path';

/** The folder with package.json, models/ and dist/. Inside Electron's archive: its unpacked twin. */
export function programFolder(): string {
  let folder = import.meta.dirname;
  while (!existsSync(join(folder, 'package.json')) || !existsSync(join(folder, 'models'))) {
    const parent = dirname(folder);
    if (parent === folder) throw new Error(`no package.json with models/ above ${import.meta.dirname}`);
    folder = parent;
  }
  return folder;
}

/** A folder inside the program whose files other processes read, so it must lie outside Electron's archive. */
export function resourceFolder(...parts: string[]): string {
  const unpacked = programFolder().replace(/app\.asar(?=$|[/\\])/, 'app.asar.unpacked');
  return join(unpacked, ...parts);
}

export function programVersion(): string {
  const manifest: unknown = JSON.parse(readFileSync(join(programFolder(), 'package.json'), 'utf8'));
  const version = (manifest as { version?: unknown }).version;
  return typeof version === 'string' ? version : '0.0.0';
}

/** Models, graphs and preferences of this user: CLEARLABEL_HOME, or the place that the platform has for such data. */
export function userDataFolder(env: NodeJS.ProcessEnv = process.env): string {
  const override = env['CLEARLABEL_HOME'];
  if (override !== undefined && override !== '') return resolve(override);
  if (process.platform === 'win32')
    return join(env['LOCALAPPDATA'] ?? join(homedir(), 'AppData/Local'), 'ClearLabel');
  if (process.platform === 'darwin') return join(homedir(), 'Library/Application Support/ClearLabel');
  const base = env['XDG_DATA_HOME'];
  return join(base !== undefined && base !== '' ? base : join(homedir(), '.local/share'), 'clearlabel');
}
