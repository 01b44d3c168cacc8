// Where a project keeps its own files: `.clearlabel/` in the image folder, or a folder elsewhere whose project.json
// points to the images (read-only image folders).

import { mkdir, readFile, stat, writeFile } from 'node:fs/promises';
import { basename, isAbsolute, join, relative, resolve } from 'node:path';
import { AppError } from '#shared/errors.ts';

export interface ProjectPlace {
  /** The image folder, absolute. */
  folder: string;
  /** Holds project.db and the caches, absolute. */
  storageFolder: string;
}

const POINTER_FILE = 'project.json';
const POINTER_KIND = 'clearlabel-storage';

/** Name of the storage folder inside an image folder. */
const STORAGE_NAME = '.clearlabel';

/**
 * Finds or creates the storage folder. `folder` may also be a storage folder made earlier elsewhere: then the images it
 * points to are opened.
 *
 * Throws `project/folder-missing`, and `project/read-only` with `details.needsStorageFolder`.
 */
export async function findProjectPlace(folder: string, storageParent: string | null): Promise<ProjectPlace> {
  const asked = resolve(folder);
  await checkFolder(asked);
  const pointed = await readPointer(asked);
  if (pointed !== null) {
    await checkFolder(pointed);
    return { folder: pointed, storageFolder: asked };
  }
  if (storageParent === null) {
    const storageFolder = join(asked, STORAGE_NAME);
    await makeFolder(storageFolder, asked);
    return { folder: asked, storageFolder };
  }
  const storageFolder = join(resolve(storageParent), `${basename(asked) || 'project'}${STORAGE_NAME}`);
  await makeFolder(storageFolder, asked);
  await writePointer(storageFolder, asked);
  return { folder: asked, storageFolder };
}

async function checkFolder(folder: string): Promise<void> {
  const info = await stat(folder).catch(() => null);
  if (info?.isDirectory() === true) return;
  throw new AppError(
    'project/folder-missing',
    `There is no folder ${folder}. Check the path, or connect the drive.`,
    {
      details: { folder },
    },
  );
}

async function makeFolder(storageFolder: string, folder: string): Promise<void> {
  try {
    await mkdir(storageFolder, { recursive: true });
  } catch (error) {
    throw readOnly(folder, storageFolder, error);
  }
}

/** The error that makes the window ask for another place. */
export function readOnly(folder: string, storageFolder: string, cause: unknown): AppError {
  return new AppError(
    'project/read-only',
    `Nothing can be written to ${storageFolder}. Choose another folder for the project's own files; the images stay where they are.`,
    { details: { folder, storageFolder, needsStorageFolder: true }, cause },
  );
}

/** Relative when possible, so that both folders can move together. */
async function writePointer(storageFolder: string, folder: string): Promise<void> {
  const imageFolder = relative(storageFolder, folder);
  const pointer = {
    kind: POINTER_KIND,
    imageFolder: isAbsolute(imageFolder) ? null : imageFolder.replaceAll('\\', '/'),
    imageFolderAbsolute: folder,
  };
  await writeFile(join(storageFolder, POINTER_FILE), `${JSON.stringify(pointer, null, 2)}\n`);
}

async function readPointer(folder: string): Promise<string | null> {
  const text = await readFile(join(folder, POINTER_FILE), 'utf8').catch(() => null);
  const pointer = text === null ? null : parsePointer(text);
  if (pointer === null) return null;
  const nearby = pointer.imageFolder === null ? null : resolve(folder, pointer.imageFolder);
  if (nearby !== null && (await stat(nearby).catch(() => null)) !== null) return nearby;
  return pointer.imageFolderAbsolute;
}

/** Null for a project.json of some other program. */
function parsePointer(text: string): { imageFolder: string | null; imageFolderAbsolute: string } | null {
  if (!text.includes(POINTER_KIND)) return null;
  const value = JSON.parse(text) as Record<string, unknown>;
  const { kind, imageFolder, imageFolderAbsolute } = value;
  if (kind !== POINTER_KIND || typeof imageFolderAbsolute !== 'string') return null;
  return { imageFolder: typeof imageFolder === 'string' ? imageFolder : null, imageFolderAbsolute };
}
