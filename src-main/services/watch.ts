// Notices that picture files of the folder come, go or change, and says so once things are quiet again.

import { watch as watchFiles } from 'chokidar';
import { basename } from 'node:path';
import { isHiddenName, isImageName } from './scan.ts';

/** Copying a thousand files is one change. */
const QUIET_MS = 400;

export interface FolderWatch {
  /** Settles once the watch is in place. */
  ready: Promise<void>;
  close(): Promise<void>;
}

/** Watches real folders (links in them are not followed: give their targets as well). */
export function watchFolders(folders: readonly string[], onChange: () => void): FolderWatch {
  const roots = new Set(folders);
  const watcher = watchFiles([...folders], {
    ignoreInitial: true,
    followSymlinks: false,
    ignorePermissionErrors: true,
    ignored: (path, stats) => {
      if (roots.has(path)) return false;
      const name = basename(path);
      return isHiddenName(name) || (stats?.isFile() === true && !isImageName(name));
    },
  });
  let timer: NodeJS.Timeout | null = null;
  watcher.on('all', () => {
    if (timer !== null) clearTimeout(timer);
    timer = setTimeout(onChange, QUIET_MS);
  });
  // Too many folders for the system's watch limit: the project works, new files show up at the next opening.
  watcher.on('error', () => {});
  return {
    ready: new Promise((resolve) => watcher.once('ready', () => resolve())),
    close: async () => {
      if (timer !== null) clearTimeout(timer);
      await watcher.close();
    },
  };
}
