// Lists the picture files of a folder with its sub-folders: names, sizes and times only, nothing is opened. Follows
// links once and never in circles. Knows nothing of the database.

import { readdir, realpath, stat } from 'node:fs/promises';
import { basename, dirname, join, sep } from 'node:path';
import type { Dirent } from 'node:fs';
import { compareNaturally } from './natural-order.ts';

export interface ScannedFile {
  /** Relative to the scanned folder, `/` between parts, exactly as the file system spells it. */
  path: string;
  sizeBytes: number;
  /** Whole milliseconds: finer parts do not survive copying to another file system. */
  modifiedMs: number;
}

export interface ScanResult {
  /** In the order of a file manager. */
  files: ScannedFile[];
  /** Real folders outside the scanned folder that links inside it lead to. */
  linkedFolders: string[];
  /** Real files outside it that links inside it lead to. */
  linkedFiles: string[];
}

const IMAGE_EXTENSIONS = new Set(
  'jpg jpeg jpe jfif png webp avif tif tiff bmp dib gif heic heif'.split(' ').map((name) => `.${name}`),
);

const STATS_AT_ONCE = 64;

/** True for names that may be pictures; the content decides later. Hidden files are none. */
export function isImageName(name: string): boolean {
  const dot = name.lastIndexOf('.');
  return dot > 0 && !isHiddenName(name) && IMAGE_EXTENSIONS.has(name.slice(dot).toLowerCase());
}

/** Files and folders that are skipped quietly, our own folder among them. */
export function isHiddenName(name: string): boolean {
  return (
    name.startsWith('.') || name.endsWith('.clearlabel') || name === '__MACOSX' || name === '$RECYCLE.BIN'
  );
}

interface Place {
  /** Relative to the scanned folder, '' for itself. */
  path: string;
  realPath: string;
}

interface ScanState {
  root: string;
  visited: Set<string>;
  linkedFiles: Set<string>;
  links: Place[];
  paths: string[];
  linkedFolders: string[];
  outsideFiles: string[];
}

/** Unreadable sub-folders are left out; throws only when `folder` itself cannot be read. */
export async function scanFolder(folder: string): Promise<ScanResult> {
  const root = await realpath(folder);
  const state: ScanState = {
    root,
    visited: new Set(),
    linkedFiles: new Set(),
    links: [],
    paths: [],
    linkedFolders: [],
    outsideFiles: [],
  };
  await readdir(root);
  await walk(state, { path: '', realPath: root });
  // Real places first, so that a link to a folder inside never takes the place of the folder itself.
  for (let link = state.links.shift(); link !== undefined; link = state.links.shift())
    await followLink(state, link);
  const files = await statAll(root, state.paths);
  files.sort((a, b) => compareNaturally(a.path, b.path));
  return { files, linkedFolders: state.linkedFolders, linkedFiles: state.outsideFiles };
}

async function walk(state: ScanState, place: Place): Promise<void> {
  if (state.visited.has(place.realPath)) return;
  state.visited.add(place.realPath);
  const folders: Place[] = [];
  for (const entry of await readFolder(place.realPath)) {
    if (isHiddenName(entry.name)) continue;
    const path = place.path === '' ? entry.name : `${place.path}/${entry.name}`;
    const realPath = join(place.realPath, entry.name);
    if (entry.isSymbolicLink()) state.links.push({ path, realPath });
    else if (entry.isDirectory()) folders.push({ path, realPath });
    else if (entry.isFile() && isImageName(entry.name)) state.paths.push(path);
  }
  for (const child of folders) await walk(state, child);
}

async function readFolder(realPath: string): Promise<Dirent[]> {
  return readdir(realPath, { withFileTypes: true }).catch(() => []);
}

async function followLink(state: ScanState, link: Place): Promise<void> {
  const target = await realpath(link.realPath).catch(() => null);
  if (target === null) return;
  const info = await stat(target).catch(() => null);
  if (info === null) return;
  const isOutside = !isInside(state.root, target);
  if (info.isDirectory()) {
    if (state.visited.has(target)) return;
    if (isOutside) state.linkedFolders.push(target);
    return walk(state, { path: link.path, realPath: target });
  }
  if (!info.isFile() || !isImageName(basename(link.path))) return;
  // A link to a picture that is listed anyway, or was reached by another link, would show it twice.
  const isListed = state.visited.has(dirname(target)) && isImageName(basename(target));
  if (isListed || state.linkedFiles.has(target)) return;
  state.linkedFiles.add(target);
  if (isOutside) state.outsideFiles.push(target);
  state.paths.push(link.path);
}

/** True when `path` is `folder` or lies inside it; both real paths. */
export function isInside(folder: string, path: string): boolean {
  return path === folder || path.startsWith(folder.endsWith(sep) ? folder : folder + sep);
}

async function statAll(root: string, paths: readonly string[]): Promise<ScannedFile[]> {
  const files: ScannedFile[] = [];
  let next = 0;
  const work = async (): Promise<void> => {
    for (let path = paths[next++]; path !== undefined; path = paths[next++]) {
      // Gone between listing and asking: as if it had never been there.
      const info = await stat(join(root, path)).catch(() => null);
      if (info !== null) files.push({ path, sizeBytes: info.size, modifiedMs: Math.floor(info.mtimeMs) });
    }
  };
  await Promise.all(Array.from({ length: STATS_AT_ONCE }, work));
  return files;
}
