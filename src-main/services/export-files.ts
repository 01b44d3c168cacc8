// Exported files that wait to be downloaded, below the project's own data. A name never leads out of that folder.

import { createReadStream } from 'node:fs';
import { realpath, stat } from 'node:fs/promises';
import { join, sep } from 'node:path';
import { Readable } from 'node:stream';
import { AppError } from '#shared/errors.ts';
import type { OpenProject } from './project.ts';

export interface ExportFile {
  name: string;
  sizeBytes: number;
  body: ReadableStream<Uint8Array>;
}

export function exportsFolder(project: Pick<OpenProject, 'storageFolder'>): string {
  return join(project.storageFolder, 'exports');
}

/** @throws AppError `request/not-found` */
export async function openExport(project: OpenProject, name: string): Promise<ExportFile> {
  const folder = await realpath(exportsFolder(project)).catch(() => null);
  const file = folder === null ? null : await realpath(join(folder, name)).catch(() => null);
  const isInside = folder !== null && file !== null && file.startsWith(folder + sep);
  const information = isInside ? await stat(file) : null;
  if (!isInside || information?.isFile() !== true) {
    throw new AppError('request/not-found', 'There is no such exported file.');
  }
  const body = Readable.toWeb(createReadStream(file)) as ReadableStream<Uint8Array>;
  return { name, sizeBytes: information.size, body };
}
