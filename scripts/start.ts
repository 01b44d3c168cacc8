// `npm start`: builds what is missing and opens the application, in Electron where its binary is present or
// obtainable and a display exists, otherwise in the browser host, with one line that says why.

import { spawn, spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { buildAll, isBuildStale } from './build.ts';
import { sampleProjectFolder } from './samples.ts';

const root = resolve(import.meta.dirname, '..');

const USAGE = `Usage: npm start -- [FOLDER] [--browser | --electron] [--port N] [--no-open]
  FOLDER       folder of images to open (default: a copy of the sample images)
  --browser    serve the application to a browser on this machine
  --electron   open the desktop window
  --port N     port of the browser host (default: any free one)
  --no-open    do not start a browser`;

interface StartOptions {
  folder: string;
  host: 'browser' | 'electron' | 'auto';
  port: string | undefined;
  openBrowser: boolean;
}

const options = readOptions();
if (isBuildStale()) await buildAll();
process.exitCode = await start(options);

function readOptions(): StartOptions {
  try {
    const { values, positionals } = parseArgs({
      allowPositionals: true,
      options: {
        browser: { type: 'boolean' },
        electron: { type: 'boolean' },
        port: { type: 'string' },
        'no-open': { type: 'boolean' },
        help: { type: 'boolean', short: 'h' },
      },
    });
    if (values.help === true) {
      console.log(USAGE);
      process.exit(0);
    }
    if (positionals.length > 1 || (values.browser === true && values.electron === true)) throw new Error('');
    const [folder] = positionals;
    const invokedFrom = process.env['INIT_CWD'] ?? process.cwd();
    return {
      folder: folder === undefined ? sampleProjectFolder(root) : resolve(invokedFrom, folder),
      host: values.browser === true ? 'browser' : values.electron === true ? 'electron' : 'auto',
      port: values.port,
      openBrowser: values['no-open'] !== true,
    };
  } catch (error) {
    const reason = error instanceof Error ? error.message : '';
    console.error(`${reason === '' ? 'Please check the options.' : reason}\n${USAGE}`);
    process.exit(2);
  }
}

async function start(chosen: StartOptions): Promise<number> {
  if (chosen.host === 'browser') return runBrowserHost(chosen, null);
  const electron = electronOrReason(chosen.host === 'electron');
  if (electron.path !== null) return runChild(electron.path, [root, '--folder', chosen.folder]);
  if (chosen.host === 'electron') {
    console.error(`The desktop window cannot open: ${electron.reason}`);
    return 1;
  }
  return runBrowserHost(chosen, electron.reason);
}

function electronOrReason(isForced: boolean): { path: string | null; reason: string } {
  const hasDisplay =
    process.platform !== 'linux' || (process.env['DISPLAY'] ?? process.env['WAYLAND_DISPLAY'] ?? '') !== '';
  if (!hasDisplay && !isForced) return { path: null, reason: 'there is no display (DISPLAY is not set)' };
  const present = electronPath();
  if (present !== null) return { path: present, reason: '' };
  console.log('Fetching Electron once (install-electron) …');
  const result = spawnSync(process.execPath, [join(root, 'node_modules/electron/install.js')], {
    stdio: ['ignore', 'inherit', 'pipe'],
    timeout: 600_000,
    encoding: 'utf8',
  });
  const path = electronPath();
  if (path !== null) return { path, reason: '' };
  const firstLine = result.stderr.split('\n')[0] ?? '';
  return { path: null, reason: `Electron's binary could not be fetched (${firstLine})` };
}

function electronPath(): string | null {
  const folder = join(root, 'node_modules/electron');
  const pathFile = join(folder, 'path.txt');
  if (!existsSync(pathFile)) return null;
  const path = join(folder, 'dist', readFileSync(pathFile, 'utf8'));
  return existsSync(path) ? path : null;
}

function runBrowserHost(chosen: StartOptions, reason: string | null): Promise<number> {
  if (reason !== null) console.log(`Starting in the browser host: ${reason}.`);
  const flags = [
    ...(chosen.port === undefined ? [] : ['--port', chosen.port]),
    ...(chosen.openBrowser ? ['--open'] : []),
    '--allow-other-folders',
  ];
  return runChild(process.execPath, [join(root, 'dist/main/cli.js'), 'serve', chosen.folder, ...flags]);
}

function runChild(command: string, args: string[]): Promise<number> {
  return new Promise((resolveExit) => {
    const child = spawn(command, args, { stdio: 'inherit', cwd: root });
    const forward = (signal: NodeJS.Signals): void => void child.kill(signal);
    process.on('SIGINT', forward);
    process.on('SIGTERM', forward);
    child.on('exit', (code) => {
      resolveExit(code ?? 0);
    });
    child.on('error', (error) => {
      console.error(error.message);
      resolveExit(1);
    });
  });
}
