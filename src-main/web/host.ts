// Starts the browser host for one folder: application core, API and server. `clearlabel serve` and `npm start` use it.

import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { createApi } from '../api/api.ts';
import { createApplication, type Application, type ApplicationOptions } from '../services/application.ts';
import { programFolder } from '../services/resources.ts';
import { startWebServer } from './server.ts';

export interface BrowserHostOptions {
  folder: string;
  /** Another place for `.clearlabel/` when the folder is read-only. */
  storageFolder?: string | null;
  /** 0 or absent = any free port. */
  port?: number;
  /** Starts the default browser; ignored where there is none. */
  openBrowser?: boolean;
  /** The window may open other folders of this machine too. */
  canOpenFolders?: boolean;
  /** Default: `dist/renderer` of this program. */
  rendererFolder?: string;
  /** A fixed token for development; otherwise 32 random bytes. */
  token?: string;
  application?: Partial<ApplicationOptions>;
}

export interface BrowserHost {
  application: Application;
  port: number;
  token: string;
  origin: string;
  /** Open this one: it carries the token. */
  addressWithToken: string;
  stop(): Promise<void>;
}

/** Opens the folder first, so that a folder that cannot be opened is told before any address is printed. */
export async function startBrowserHost(options: BrowserHostOptions): Promise<BrowserHost> {
  const application = await createApplication({
    host: 'browser',
    canOpenFolders: options.canOpenFolders ?? false,
    ...options.application,
  });
  try {
    await application.openProject({ folder: options.folder, storageFolder: options.storageFolder ?? null });
    const server = await startWebServer({
      handler: createApi(application),
      rendererFolder: options.rendererFolder ?? join(programFolder(), 'dist', 'renderer'),
      port: options.port ?? 0,
      ...(options.token === undefined ? {} : { token: options.token }),
    });
    if (options.openBrowser === true) openInBrowser(server.addressWithToken);
    return {
      ...server,
      application,
      stop: async () => {
        await server.stop();
        await application.close();
      },
    };
  } catch (error) {
    await application.close();
    throw error;
  }
}

/** Best effort: a machine without a browser is no error, the address has been printed. */
function openInBrowser(address: string): void {
  const [command, ...args] = browserCommand(address);
  const child = spawn(command, args, { stdio: 'ignore', detached: true });
  child.on('error', () => undefined);
  child.unref();
}

function browserCommand(address: string): [string, ...string[]] {
  if (process.platform === 'win32') return ['rundll32', 'url.dll,FileProtocolHandler', address];
  return [process.platform === 'darwin' ? 'open' : 'xdg-open', address];
}
