// Serves the built interface from one folder. Owns the rule that nothing outside that folder can be read, links
// included; knows nothing of tokens or of the API.

import { createReadStream } from 'node:fs';
import { realpath, stat } from 'node:fs/promises';
import type { ServerResponse } from 'node:http';
import { extname, join, sep } from 'node:path';
import { pipeline } from 'node:stream/promises';

const MIME_TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.mjs': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.jpg': 'image/jpeg',
  '.webp': 'image/webp',
  '.ico': 'image/x-icon',
  '.woff2': 'font/woff2',
  '.txt': 'text/plain; charset=utf-8',
  '.map': 'application/json; charset=utf-8',
};

export interface StaticFile {
  path: string;
  sizeBytes: number;
  mimeType: string;
  cacheControl: string;
}

/** Finds the file of a decoded address path (`/` = index.html); null when there is none inside `folder`. */
export async function findStaticFile(folder: string, path: string): Promise<StaticFile | null> {
  const root = await realpathOrNull(folder);
  const wanted = path === '/' ? 'index.html' : path.slice(1);
  const file = root === null ? null : await realpathOrNull(join(root, wanted));
  if (root === null || file === null || !file.startsWith(root + sep)) return null;
  const information = await stat(file);
  if (!information.isFile()) return null;
  return {
    path: file,
    sizeBytes: information.size,
    mimeType: MIME_TYPES[extname(file).toLowerCase()] ?? 'application/octet-stream',
    // Vite names files below assets/ by their content.
    cacheControl: wanted.startsWith('assets/') ? 'public, max-age=31536000, immutable' : 'no-cache',
  };
}

/** Writes the file as the answer; a reader that goes away in the middle is not an error. */
export async function sendStaticFile(
  file: StaticFile,
  response: ServerResponse,
  isHead: boolean,
): Promise<void> {
  response.writeHead(200, {
    'content-type': file.mimeType,
    'content-length': file.sizeBytes,
    'cache-control': file.cacheControl,
  });
  if (isHead) response.end();
  else await pipeline(createReadStream(file.path), response).catch(() => response.destroy());
}

async function realpathOrNull(path: string): Promise<string | null> {
  return realpath(path).catch(() => null);
}
