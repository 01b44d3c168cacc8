// `clearlabel serve FOLDER`: the browser host.

import type { Command } from 'commander';
import { resolve } from 'node:path';
import { startBrowserHost, type BrowserHostOptions } from '../web/host.ts';
import { jsonOption, storageOption, wholeNumberArgument } from './options.ts';
import { createTerminal } from './terminal.ts';

interface ServeOptions {
  port?: number;
  open?: boolean;
  allowOtherFolders?: boolean;
  storage?: string;
  json?: boolean;
}

export function addServeCommand(program: Command): void {
  program
    .command('serve')
    .description('show a folder in a browser on this machine')
    .argument('<folder>', 'folder of images')
    .option('--port <n>', 'port on 127.0.0.1 (default: any free one)', wholeNumberArgument)
    .option('--open', 'start the default browser')
    .option('--allow-other-folders', 'the window may open other folders of this machine')
    .addOption(storageOption())
    .addOption(jsonOption())
    .action(serve);
}

async function serve(folder: string, options: ServeOptions): Promise<void> {
  const hostOptions: BrowserHostOptions = {
    folder: resolve(folder),
    storageFolder: options.storage === undefined ? null : resolve(options.storage),
    port: options.port ?? 0,
    openBrowser: options.open === true,
    canOpenFolders: options.allowOtherFolders === true,
  };
  const token = process.env['CLEARLABEL_DEV_TOKEN'];
  if (token !== undefined && token !== '') hostOptions.token = token;
  const host = await startBrowserHost(hostOptions);
  createTerminal({ json: options.json === true }).result(
    `ClearLabel runs at ${host.addressWithToken}\nPress Ctrl+C to stop.`,
    { address: host.addressWithToken, origin: host.origin, port: host.port, token: host.token },
  );
  await stopSignal();
  await host.stop();
}

function stopSignal(): Promise<void> {
  return new Promise((done) => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => done());
  });
}
