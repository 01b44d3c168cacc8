// The system's own file dialogs, for the page through the preload script. Nothing else crosses this bridge.

import {
  BrowserWindow,
  dialog,
  type IpcMain,
  type IpcMainInvokeEvent,
  type OpenDialogOptions,
} from 'electron';
import { isOwnAddress } from './security.ts';

export function registerDialogs(ipcMain: IpcMain): void {
  handle(ipcMain, 'dialog:pick-folder', () => pick({ properties: ['openDirectory', 'createDirectory'] }));
  handle(ipcMain, 'dialog:pick-file', () =>
    pick({ properties: ['openFile'], filters: [{ name: 'JSON', extensions: ['json'] }] }),
  );
  handle(ipcMain, 'dialog:pick-save-file', async (suggestedName) => {
    const options = {
      defaultPath: typeof suggestedName === 'string' ? suggestedName : 'annotations.json',
      filters: [{ name: 'JSON', extensions: ['json'] }],
    };
    const window = BrowserWindow.getFocusedWindow();
    const result =
      window === null ? await dialog.showSaveDialog(options) : await dialog.showSaveDialog(window, options);
    return result.canceled ? null : result.filePath;
  });
}

async function pick(options: OpenDialogOptions): Promise<string | null> {
  const window = BrowserWindow.getFocusedWindow();
  const result =
    window === null ? await dialog.showOpenDialog(options) : await dialog.showOpenDialog(window, options);
  return result.canceled ? null : (result.filePaths[0] ?? null);
}

/** Only the application's own top frame may ask. */
function handle(
  ipcMain: IpcMain,
  channel: string,
  action: (argument: unknown) => Promise<string | null>,
): void {
  ipcMain.handle(channel, (event: IpcMainInvokeEvent, argument: unknown) => {
    const frame = event.senderFrame;
    if (frame === null || frame.parent !== null || !isOwnAddress(frame.url)) {
      throw new Error(`${channel}: refused for a foreign page`);
    }
    return action(argument);
  });
}
