// What a page may not do: leave the application, open windows, embed others, or ask for devices.

import { shell, type Session, type WebContents } from 'electron';
import { APP_ORIGIN } from './protocol.ts';

/** Development only: the hot-reload server may be loaded as well. */
const devUrl = process.env['CLEARLABEL_DEV_URL'];

export function isOwnAddress(address: string): boolean {
  if (!URL.canParse(address)) return false;
  const url = new URL(address);
  const origin = `${url.protocol}//${url.host}`;
  return origin === APP_ORIGIN || (devUrl !== undefined && address.startsWith(devUrl));
}

/** Called for every new page, embedded ones included. Links to the web open in the user's browser, https only. */
export function guardContents(contents: WebContents): void {
  contents.on('will-navigate', (event) => {
    if (!isOwnAddress(event.url)) event.preventDefault();
  });
  contents.on('will-frame-navigate', (event) => {
    if (!isOwnAddress(event.url)) event.preventDefault();
  });
  contents.on('will-attach-webview', (event) => {
    event.preventDefault();
  });
  contents.setWindowOpenHandler(({ url }) => {
    if (URL.canParse(url) && new URL(url).protocol === 'https:') void shell.openExternal(url);
    return { action: 'deny' };
  });
}

/** Deny by default; writing to the clipboard is all the interface ever asks for. */
export function denyPermissions(session: Session): void {
  const isAllowed = (permission: string): boolean => permission === 'clipboard-sanitized-write';
  session.setPermissionRequestHandler((_contents, permission, callback) => {
    callback(isAllowed(permission));
  });
  session.setPermissionCheckHandler((_contents, permission) => isAllowed(permission));
  session.setDevicePermissionHandler(() => false);
}
