// The browser host's HTTP server: loopback only, token, Host and Origin checks, security headers, then either the
// API handler or a file of the interface. Knows nothing of projects; the handler is the one that tests call.

import { getRequestListener } from '@hono/node-server';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { SECURITY_HEADERS } from './security-headers.ts';
import {
  cookieName,
  createToken,
  credentialOf,
  isSameToken,
  parseTarget,
  refuseForeignHost,
  refuseForeignOrigin,
} from './security.ts';
import { findStaticFile, sendStaticFile } from './static-files.ts';

export interface WebServerOptions {
  handler: (request: Request) => Promise<Response>;
  /** Folder of the built interface (`dist/renderer`). */
  rendererFolder: string;
  /** 0 = any free port. */
  port: number;
  token?: string;
}

export interface WebServer {
  port: number;
  token: string;
  /** Address without the token. */
  origin: string;
  /** Address to open first: sets the cookie, then redirects to the plain one. */
  addressWithToken: string;
  stop(): Promise<void>;
}

/** Starts listening on 127.0.0.1; rejects when the port is taken. */
export async function startWebServer(options: WebServerOptions): Promise<WebServer> {
  const token = options.token ?? createToken();
  const apiListener = getRequestListener(options.handler, { overrideGlobalObjects: false });
  const server = createServer((request, response) => {
    const port = (server.address() as AddressInfo | null)?.port ?? 0;
    answer({ ...options, token, port, apiListener }, request, response).catch((error: unknown) => {
      sendText(response, 500, `The server failed: ${error instanceof Error ? error.message : String(error)}`);
    });
  });
  await listen(server, options.port);
  const port = (server.address() as AddressInfo).port;
  const origin = `http://127.0.0.1:${port}`;
  return {
    port,
    token,
    origin,
    addressWithToken: `${origin}/?token=${token}`,
    stop: () => stopServer(server),
  };
}

interface AnswerContext extends WebServerOptions {
  token: string;
  port: number;
  apiListener: ReturnType<typeof getRequestListener>;
}

async function answer(
  context: AnswerContext,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  for (const [name, value] of Object.entries(SECURITY_HEADERS)) response.setHeader(name, value);
  const method = request.method ?? 'GET';
  const target = parseTarget(request.url ?? '');
  const foreignHost = refuseForeignHost(request.headers, context.port);
  if (foreignHost !== null) return sendText(response, foreignHost.status, foreignHost.message);
  if (target === null) return sendText(response, 400, 'This address is not valid.');
  if (method === 'GET' && target.path === '/' && acceptToken(context, target.query, response)) return;

  const credential = credentialOf(request.headers, context.port, context.token);
  if (credential === null) return sendText(response, 401, SIGN_IN_TEXT);
  const foreignOrigin = refuseForeignOrigin(method, request.headers, credential);
  if (foreignOrigin !== null) return sendText(response, foreignOrigin.status, foreignOrigin.message);
  if (target.path === '/api' || target.path.startsWith('/api/')) {
    await context.apiListener(request, response);
    return;
  }
  await answerWithFile(context, target.path, request, response);
}

const SIGN_IN_TEXT =
  'This address needs its token. Open the complete address that ClearLabel printed when it started.';

async function answerWithFile(
  context: AnswerContext,
  path: string,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  if (request.method !== 'GET' && request.method !== 'HEAD')
    return sendText(response, 405, 'Only GET is possible.');
  const file = await findStaticFile(context.rendererFolder, path);
  if (file !== null) return sendStaticFile(file, response, request.method === 'HEAD');
  const text =
    path === '/' ? 'The interface is not built yet: run "npm run build".' : 'There is no such file.';
  sendText(response, 404, text);
}

/** Answers `/?token=…`: a right token becomes the cookie, a wrong one is refused. */
function acceptToken(context: AnswerContext, query: string, response: ServerResponse): boolean {
  const given = new URLSearchParams(query).get('token');
  if (given === null) return false;
  if (!isSameToken(given, context.token)) {
    sendText(response, 401, SIGN_IN_TEXT);
    return true;
  }
  const cookie = `${cookieName(context.port)}=${context.token}; HttpOnly; SameSite=Strict; Path=/`;
  response.writeHead(303, { 'set-cookie': cookie, location: '/', 'cache-control': 'no-store' }).end();
  return true;
}

function sendText(response: ServerResponse, status: number, text: string): void {
  if (response.headersSent) return void response.destroy();
  response.writeHead(status, { 'content-type': 'text/plain; charset=utf-8', 'cache-control': 'no-store' });
  response.end(`${text}\n`);
}

function listen(server: Server, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen({ host: '127.0.0.1', port, exclusive: true }, () => resolve());
  });
}

function stopServer(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}
