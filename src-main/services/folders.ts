// Sub-folders of a folder, for the folder picker of the browser host.

import { readdir } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import type { z } from 'zod';
import type { folderListSchema } from '#shared/contract/wire.ts';
import { AppError } from '#shared/errors.ts';

const IMAGE_NAME = /\.(?:jpe?g|png|webp|avif|tiff?|bmp|gif|hei[cf])$/i;
/** Counting looks into this many sub-folders at most, so that a huge folder is listed at once. */
const MAX_COUNTED = 200;

/** @throws AppError `project/folder-missing` when the folder cannot be read */
export async function listFolders(path: string): Promise<z.infer<typeof folderListSchema>> {
  const folder = resolve(path);
  const entries = await readdir(folder, { withFileTypes: true }).catch((cause: unknown) => {
    throw new AppError(
      'project/folder-missing',
      `The folder ${folder} cannot be read. Check its name and rights.`,
      {
        cause,
      },
    );
  });
  const names = entries
    .filter((entry) => entry.isDirectory() && !entry.name.startsWith('.'))
    .map((entry) => entry.name)
    .sort((a, b) => a.localeCompare(b, 'en', { numeric: true }));
  const folders = await Promise.all(
    names.map(async (name, index) => ({
      name,
      path: join(folder, name),
      imageCount: index < MAX_COUNTED ? await countImages(join(folder, name)) : 0,
    })),
  );
  const parent = dirname(folder);
  const imageCount = entries.filter((entry) => entry.isFile() && IMAGE_NAME.test(entry.name)).length;
  return { path: folder, parent: parent === folder ? null : parent, folders, imageCount };
}

/** Images directly inside; 0 for a folder that must not be read. */
async function countImages(folder: string): Promise<number> {
  const names = await readdir(folder).catch(() => []);
  return names.filter((name) => IMAGE_NAME.test(name)).length;
}
