// Our own scheme: `app://clearlabel/api/…` is the data API, everything else a file of the built interface.
// A handler that throws would leave the page hanging, so every path ends in a Response.

import type { Protocol } from 'electron';
import { readFile } from 'node:fs/promises';
import { errorBodyOf } from '#shared/errors.ts';
import { parseTarget } from '#main/web/security.ts';
import { SECURITY_HEADERS } from '#main/web/security-headers.ts';
import { findStaticFile } from '#main/web/static-files.ts';

const SCHEME = 'app';
export const APP_ORIGIN = `${SCHEME}://clearlabel`;

export interface SchemeContent {
  api: (request: Request) => Promise<Response>;
  rendererFolder: string;
}

/** Must run before Electron is ready. */
export function registerScheme(protocol: Protocol): void {
  protocol.registerSchemesAsPrivileged([
    { scheme: SCHEME, privileges: { standard: true, secure: true, supportFetchAPI: true, stream: true } },
  ]);
}

export function serveScheme(protocol: Protocol, content: SchemeContent): void {
  protocol.handle(SCHEME, (request) => answer(request, content));
}

/** Answers one request of the page; requests that another origin started are refused. */
export async function answer(request: Request, content: SchemeContent): Promise<Response> {
  try {
    if (!isOwnRequest(request)) return plain(403, 'Requests from other pages are not accepted.');
    const url = new URL(request.url);
    const target = parseTarget(url.pathname + url.search);
    if (url.host !== 'clearlabel' || target === null) return plain(400, 'This address is not valid.');
    if (target.path === '/api' || target.path.startsWith('/api/'))
      return withHeaders(await content.api(request));
    return await staticAnswer(content.rendererFolder, target.path);
  } catch (error) {
    return withHeaders(Response.json(errorBodyOf(error), { status: 500 }));
  }
}

/** Electron 45 sets `initiatorOrigin` itself; it is absent for the window's own navigation. */
function isOwnRequest(request: Request): boolean {
  const initiator = (request as Request & { initiatorOrigin?: string | null }).initiatorOrigin;
  return initiator === undefined || initiator === null || initiator === '' || initiator === APP_ORIGIN;
}

async function staticAnswer(folder: string, path: string): Promise<Response> {
  const file = await findStaticFile(folder, path);
  if (file === null) return plain(404, 'There is no such file.');
  const body = await readFile(file.path);
  return withHeaders(
    new Response(body, { headers: { 'content-type': file.mimeType, 'cache-control': 'no-cache' } }),
  );
}

function plain(status: number, text: string): Response {
  return withHeaders(
    new Response(text, { status, headers: { 'content-type': 'text/plain; charset=utf-8' } }),
  );
}

function withHeaders(response: Response): Response {
  const headers = new Headers(response.headers);
  for (const [name, value] of Object.entries(SECURITY_HEADERS)) headers.set(name, value);
  return new Response(response.body, { status: response.status, headers });
}
