// The Electron side against a fake `electron` module: the real binary cannot be fetched everywhere.

import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, it, vi } from 'vitest';
import * as fake from './testing/fake-electron.ts';

vi.mock('electron', () => import('./testing/fake-electron.ts'));

const { answer, registerScheme, serveScheme } = await import('./protocol.ts');
const { guardContents, denyPermissions, isOwnAddress } = await import('./security.ts');
const { registerDialogs } = await import('./dialogs.ts');
const { openMainWindow } = await import('./window.ts');
const { menuTemplate } = await import('./menu.ts');
const { folderFromArguments } = await import('./main.ts');
const { spawnUtilityWorker } = await import('./utility-worker.ts');

const api = (request: Request): Promise<Response> => {
  if (request.url.endsWith('/api/throws')) throw new Error('broken');
  return Promise.resolve(Response.json({ method: request.method, url: request.url }));
};

let rendererFolder = '';

beforeAll(() => {
  const folder = mkdtempSync(join(tmpdir(), 'clearlabel-electron-'));
  rendererFolder = join(folder, 'renderer');
  mkdirSync(rendererFolder);
  writeFileSync(join(rendererFolder, 'index.html'), '<!doctype html><title>page</title>');
  writeFileSync(join(folder, 'secret.txt'), 'secret');
});

const get = (address: string, init?: RequestInit): Promise<Response> =>
  answer(new Request(address, init), { api, rendererFolder });

describe('the application scheme', () => {
  it('is registered as a standard, secure scheme that streams', () => {
    registerScheme(fake.protocol as never);
    expect(fake.protocol.schemes).toEqual([
      { scheme: 'app', privileges: { standard: true, secure: true, supportFetchAPI: true, stream: true } },
    ]);
  });

  it('answers the page, the API and nothing else, always with the security headers', async () => {
    const page = await get('app://clearlabel/');
    expect(await page.text()).toContain('<title>page</title>');
    expect(page.headers.get('content-security-policy')).toContain("default-src 'none'");
    const data = await get('app://clearlabel/api/app', { method: 'POST' });
    expect(await data.json()).toEqual({ method: 'POST', url: 'app://clearlabel/api/app' });
    expect(data.headers.get('x-content-type-options')).toBe('nosniff');
    expect((await get('app://clearlabel/none.js')).status).toBe(404);
    expect((await get('app://other/')).status).toBe(400);
  });

  it.each([
    'app://clearlabel/..%2fsecret.txt',
    'app://clearlabel/%2e%2e/secret.txt',
    'app://clearlabel/..%5csecret.txt',
  ])('does not leave its folder: %s', async (address) => {
    const response = await get(address);
    expect([400, 404]).toContain(response.status);
    expect(await response.text()).not.toContain('secret\n');
  });

  it('turns a thrown error into an answer instead of hanging the page', async () => {
    const response = await get('app://clearlabel/api/throws');
    expect(response.status).toBe(500);
    expect(await response.json()).toEqual({ code: 'internal', message: 'broken', details: {} });
  });

  it('refuses requests that another origin started', async () => {
    const request = Object.assign(new Request('app://clearlabel/api/app'), {
      initiatorOrigin: 'https://evil.example',
    });
    expect((await answer(request, { api, rendererFolder })).status).toBe(403);
  });

  it('is what Electron calls', async () => {
    serveScheme(fake.protocol as never, { api, rendererFolder });
    const handler = fake.protocol.handlers.get('app');
    expect((await handler?.(new Request('app://clearlabel/')))?.status).toBe(200);
  });
});

describe('what a page may do', () => {
  it('stays inside the application', () => {
    expect(isOwnAddress('app://clearlabel/index.html')).toBe(true);
    expect(isOwnAddress('app://clearlabel.evil/')).toBe(false);
    expect(isOwnAddress('file:///etc/passwd')).toBe(false);
    const contents = new fake.FakeContents();
    guardContents(contents as never);
    const prevented: string[] = [];
    for (const name of ['will-navigate', 'will-frame-navigate', 'will-attach-webview']) {
      contents.emit(name, { url: 'https://evil.example/', preventDefault: () => prevented.push(name) });
    }
    contents.emit('will-navigate', { url: 'app://clearlabel/', preventDefault: () => prevented.push('own') });
    expect(prevented).toEqual(['will-navigate', 'will-frame-navigate', 'will-attach-webview']);
  });

  it('opens only https links, in the user’s browser', () => {
    const contents = new fake.FakeContents();
    guardContents(contents as never);
    for (const url of [
      'https://example.org/',
      'http://example.org/',
      'file:///etc/passwd',
      'javascript:alert(1)',
    ]) {
      expect(contents.openHandler?.({ url })).toEqual({ action: 'deny' });
    }
    expect(fake.shell.opened).toEqual(['https://example.org/']);
  });

  it('gets no permission but writing to the clipboard', () => {
    const { defaultSession } = fake.session;
    denyPermissions(defaultSession as never);
    const granted = ['media', 'geolocation', 'clipboard-sanitized-write', 'usb'].filter((name) =>
      defaultSession.checkHandler?.(null, name),
    );
    expect(granted).toEqual(['clipboard-sanitized-write']);
    defaultSession.requestHandler?.(null, 'media', (isGranted) => {
      expect(isGranted).toBe(false);
    });
    expect(defaultSession.deviceHandler?.()).toBe(false);
  });

  it('lives in a sandboxed window without Node', async () => {
    const window = openMainWindow() as unknown as fake.BrowserWindow;
    expect(window.options.webPreferences).toMatchObject({
      contextIsolation: true,
      sandbox: true,
      nodeIntegration: false,
      webSecurity: true,
      webviewTag: false,
    });
    await Promise.resolve();
    expect(window.loadedUrl).toBe('app://clearlabel/');
    expect(window.isShown).toBe(true);
  });
});

describe('dialogs', () => {
  const own = { senderFrame: { parent: null, url: 'app://clearlabel/' } };

  it('answer the page with a path or null', async () => {
    registerDialogs(fake.ipcMain as never);
    fake.dialog.nextPath = '/photos';
    expect(await fake.ipcMain.handlers.get('dialog:pick-folder')?.(own, undefined)).toBe('/photos');
    fake.dialog.nextPath = null;
    expect(await fake.ipcMain.handlers.get('dialog:pick-save-file')?.(own, 'a.json')).toBeNull();
  });

  it.each([
    ['a foreign page', { senderFrame: { parent: null, url: 'https://evil.example/' } }],
    ['an embedded frame', { senderFrame: { parent: {}, url: 'app://clearlabel/' } }],
    ['a frame that is gone', { senderFrame: null }],
  ])('refuse %s', (_name, event) => {
    registerDialogs(fake.ipcMain as never);
    expect(() => fake.ipcMain.handlers.get('dialog:pick-file')?.(event, undefined)).toThrow(/refused/);
  });
});

describe('start', () => {
  it('reads the folder from the arguments', () => {
    expect(folderFromArguments(['electron', '.', '--folder', '/photos'])).toBe('/photos');
    expect(folderFromArguments(['electron', '.'])).toBeNull();
  });

  it('has a menu that leaves the editor its keys', () => {
    const text = JSON.stringify(menuTemplate('linux'));
    expect(text).not.toMatch(/"role":"(undo|redo|zoomIn|zoomOut|resetZoom|reload)"/);
    expect(JSON.stringify(menuTemplate('darwin'))).toContain('appMenu');
  });

  it('runs worker processes as utility processes that speak the same protocol', async () => {
    const entry = new URL('../workers/imaging-entry.ts', import.meta.url);
    const channel = spawnUtilityWorker({ name: 'imaging', kind: 'process', entry });
    const ready = await new Promise((resolve) => {
      channel.onMessage(resolve);
    });
    expect(ready).toEqual({ type: 'ready' });
    const exit = new Promise((resolve) => {
      channel.onExit(resolve);
    });
    channel.kill();
    await exit;
  });
});
