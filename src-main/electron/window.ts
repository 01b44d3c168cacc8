// The main window: size, title bar and the settings that keep its page in a sandbox.

import { BrowserWindow, type WebPreferences } from 'electron';
import { resolve } from 'node:path';
import { APP_ORIGIN } from './protocol.ts';

/** Development only: the address of the hot-reload server. */
const devUrl = process.env['CLEARLABEL_DEV_URL'];

export function webPreferences(): WebPreferences {
  return {
    preload: resolve(import.meta.dirname, '../preload/preload.cjs'),
    contextIsolation: true,
    sandbox: true,
    nodeIntegration: false,
    webSecurity: true,
    webviewTag: false,
    spellcheck: false,
  };
}

export function openMainWindow(): BrowserWindow {
  const window = new BrowserWindow({
    width: 1440,
    height: 900,
    minWidth: 1024,
    minHeight: 640,
    show: false,
    title: 'ClearLabel',
    backgroundColor: '#16181d',
    webPreferences: webPreferences(),
  });
  window.once('ready-to-show', () => {
    window.show();
  });
  void window.loadURL(devUrl ?? `${APP_ORIGIN}/`);
  return window;
}
