// The browser host as a hostile client sees it: raw sockets, because fetch would tidy the addresses up.

import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { networkInterfaces, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startWebServer, type WebServer } from './server.ts';

let folder: string;
let server: WebServer;
const apiCalls: string[] = [];

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'clearlabel-web-'));
  const rendererFolder = join(folder, 'renderer');
  mkdirSync(join(rendererFolder, 'assets'), { recursive: true });
  writeFileSync(join(rendererFolder, 'index.html'), '<!doctype html><title>ClearLabel</title>');
  writeFileSync(join(rendererFolder, 'assets', 'app-1a2b.js'), 'export {};');
  writeFileSync(join(folder, 'secret.txt'), 'top secret');
  symlinkSync(join(folder, 'secret.txt'), join(rendererFolder, 'link.txt'));
  symlinkSync(folder, join(rendererFolder, 'up'));
  const handler = (request: Request): Promise<Response> => {
    apiCalls.push(`${request.method} ${new URL(request.url).pathname}`);
    return Promise.resolve(Response.json({ ok: true }));
  };
  server = await startWebServer({ handler, rendererFolder, port: 0 });
});

afterAll(async () => {
  await server.stop();
  rmSync(folder, { recursive: true });
});

/** Sends exactly these lines and answers everything that came back. */
function raw(requestLine: string, headers: Record<string, string> = {}, port = server.port): Promise<string> {
  const lines = [
    requestLine,
    ...Object.entries(headers).map(([name, value]) => `${name}: ${value}`),
    'Connection: close',
  ];
  return new Promise((resolve, reject) => {
    const socket = connect({ host: '127.0.0.1', port }, () => socket.write(`${lines.join('\r\n')}\r\n\r\n`));
    let answer = '';
    socket.setEncoding('utf8');
    socket.on('data', (chunk: string) => (answer += chunk));
    socket.on('end', () => resolve(answer));
    socket.on('error', reject);
  });
}

const status = (answer: string) => Number(answer.split(' ')[1]);
const host = () => ({ Host: `127.0.0.1:${server.port}` });
const cookie = () => ({ ...host(), Cookie: `clearlabel_${server.port}=${server.token}` });

describe('the browser host', () => {
  test('the first address sets a strict cookie and hides the token', async () => {
    const answer = await raw(`GET /?token=${server.token} HTTP/1.1`, host());
    expect(status(answer)).toBe(303);
    expect(answer).toMatch(/set-cookie: clearlabel_\d+=\S+; HttpOnly; SameSite=Strict; Path=\//i);
    expect(answer).toMatch(/location: \/\r\n/i);
    expect(server.token.length).toBeGreaterThanOrEqual(43);
  });

  test.each(['/', '/assets/app-1a2b.js', '/api/project', '/?token=wrong', '/?token='])(
    '%s without the token is refused',
    async (path) => {
      expect(status(await raw(`GET ${path} HTTP/1.1`, host()))).toBe(401);
    },
  );

  test('files of the interface carry every security header', async () => {
    const answer = await raw('GET / HTTP/1.1', cookie());
    expect(status(answer)).toBe(200);
    expect(answer).toContain('<title>ClearLabel</title>');
    const policy = /content-security-policy: (.*)\r\n/i.exec(answer)?.[1] ?? '';
    expect(policy).toContain("default-src 'none'");
    expect(policy).not.toContain('unsafe');
    for (const header of [
      'x-content-type-options: nosniff',
      'referrer-policy: no-referrer',
      'cross-origin-opener-policy: same-origin',
      'cross-origin-embedder-policy: require-corp',
    ])
      expect(answer.toLowerCase()).toContain(header);
  });

  test.each([
    '/../secret.txt',
    '/assets/../../secret.txt',
    '/%2e%2e/secret.txt',
    '/..%2fsecret.txt',
    '/assets/..%2f..%2fsecret.txt',
    '/%2e%2e%5csecret.txt',
    '/..\\secret.txt',
    '/%252e%252e%252fsecret.txt',
    '/link.txt',
    '/up/secret.txt',
    '//etc/passwd',
    '/etc/passwd',
    '/assets',
    '/index.html%00.js',
    'file:///etc/passwd',
    'http://127.0.0.1/../secret.txt',
  ])('%s never leaves the folder of the interface', async (path) => {
    const answer = await raw(`GET ${path} HTTP/1.1`, cookie());
    expect([400, 404]).toContain(status(answer));
    expect(answer).not.toContain('top secret');
    expect(answer).not.toContain('root:');
  });

  test('a foreign Host is refused even with the token (DNS rebinding)', async () => {
    const answer = await raw('GET /api/project HTTP/1.1', { ...cookie(), Host: 'evil.example' });
    expect(status(answer)).toBe(403);
    expect(status(await raw('GET / HTTP/1.0', { Cookie: cookie().Cookie }))).toBe(403);
  });

  test('writes need the own origin', async () => {
    const before = apiCalls.length;
    const post = (headers: Record<string, string>) =>
      raw('POST /api/jobs/prelabel HTTP/1.1', { ...cookie(), 'Content-Length': '0', ...headers });
    expect(status(await post({ Origin: 'http://evil.example' }))).toBe(403);
    expect(status(await post({ 'Sec-Fetch-Site': 'cross-site' }))).toBe(403);
    expect(status(await post({}))).toBe(403);
    expect(apiCalls).toHaveLength(before);
    expect(status(await post({ Origin: server.origin, 'Sec-Fetch-Site': 'same-origin' }))).toBe(200);
    expect(apiCalls.at(-1)).toBe('POST /api/jobs/prelabel');
  });

  test('a script may use the token as bearer', async () => {
    const headers = { ...host(), Authorization: `Bearer ${server.token}` };
    expect(status(await raw('GET /api/project HTTP/1.1', headers))).toBe(200);
    expect(status(await raw('GET /api/project HTTP/1.1', { ...headers, Authorization: 'Bearer x' }))).toBe(
      401,
    );
  });

  test('odd methods and broken requests get an error, not a crash', async () => {
    expect(status(await raw('TRACE / HTTP/1.1', cookie()))).toBeGreaterThanOrEqual(400);
    expect(status(await raw('DELETE /index.html HTTP/1.1', { ...cookie(), Origin: server.origin }))).toBe(
      405,
    );
    expect(status(await raw('GARBAGE'))).toBe(400);
    expect(status(await raw('GET / HTTP/1.1', cookie()))).toBe(200);
  });

  test('listens on the loopback only', async () => {
    const outside = Object.values(networkInterfaces())
      .flat()
      .find((address) => address?.family === 'IPv4' && !address.internal);
    if (outside === undefined) return;
    const attempt = new Promise((resolve, reject) => {
      const socket = connect({ host: outside.address, port: server.port }, () => resolve('connected'));
      socket.on('error', reject);
    });
    await expect(attempt).rejects.toMatchObject({ code: 'ECONNREFUSED' });
  });
});
