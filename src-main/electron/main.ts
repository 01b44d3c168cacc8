// Composition root of the desktop application: wires the same application core and API as the browser host to
// Electron's scheme, window and menu. The only folder that imports `electron`.

import { app, BrowserWindow, ipcMain, protocol, session } from 'electron';
import { resolve } from 'node:path';
import { createApi } from '#main/api/api.ts';
import { createApplication } from '#main/services/application.ts';
import { registerDialogs } from './dialogs.ts';
import { installMenu } from './menu.ts';
import { registerScheme, serveScheme } from './protocol.ts';
import { denyPermissions, guardContents } from './security.ts';
import { spawnUtilityWorker } from './utility-worker.ts';
import { openMainWindow } from './window.ts';

/** `--folder PATH` or a folder that was dropped on the program's icon. */
export function folderFromArguments(args: readonly string[]): string | null {
  const flag = args.indexOf('--folder');
  const value = flag >= 0 ? args[flag + 1] : undefined;
  return value === undefined ? null : resolve(value);
}

async function start(): Promise<void> {
  const application = await createApplication({
    host: 'electron',
    canOpenFolders: true,
    spawn: spawnUtilityWorker,
  });
  const api = createApi(application);
  serveScheme(protocol, { api, rendererFolder: resolve(import.meta.dirname, '../renderer') });
  denyPermissions(session.defaultSession);
  registerDialogs(ipcMain);
  installMenu();
  const folder = folderFromArguments(process.argv);
  if (folder !== null) await application.openProject({ folder, storageFolder: null });
  openMainWindow();
  app.on('activate', () => {
    if (BrowserWindow.getAllWindows().length === 0) openMainWindow();
  });
  app.on('before-quit', (event) => {
    if (application.isClosed) return;
    event.preventDefault();
    void application.close().finally(() => {
      app.quit();
    });
  });
}

/** Everything that must be set before Electron is ready, then the window. A second start focuses the first one. */
export function run(): void {
  if (!app.requestSingleInstanceLock()) {
    app.quit();
    return;
  }
  app.setName('ClearLabel');
  app.enableSandbox();
  registerScheme(protocol);
  app.on('web-contents-created', (_event, contents) => {
    guardContents(contents);
  });
  app.on('second-instance', () => {
    const [first] = BrowserWindow.getAllWindows();
    if (first?.isMinimized() === true) first.restore();
    first?.focus();
  });
  app.on('window-all-closed', () => {
    app.quit();
  });
  void app.whenReady().then(start);
}
