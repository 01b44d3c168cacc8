// Two launchers of the application behind one interface: the browser host as a child process with a page of the
// test's browser, or Electron with its own window.

import { _electron, type BrowserContext, type Page } from '@playwright/test';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { electronBinary } from './electron-binary.ts';

export const projectRoot = resolve(import.meta.dirname, '..');
const TOKEN = 'end-to-end';

export interface LaunchOptions {
  /** Image folder to open. */
  folder: string;
  /** Stands in for the user's data folder. */
  home: string;
  /** Of the browser host's window. */
  context: BrowserContext;
}

export interface AppHost {
  /** The first window, showing the project. */
  readonly page: Page;
  /** Another window on the same project. */
  openSecondWindow(): Promise<Page>;
  /** SIGKILL: nothing gets a chance to tidy up. */
  kill(): Promise<void>;
  /** Starts the application again after `kill` and shows it in a window. */
  restart(): Promise<Page>;
  /** Starts the server again after `kill`, leaving the window alone. */
  restartServer(): Promise<void>;
  stop(): Promise<void>;
  /** What the server has written, for failure reports. */
  log(): string;
}

export async function launchBrowserHost(options: LaunchOptions): Promise<AppHost> {
  let output = '';
  let port = 0;
  let address = '';
  let child: ChildProcess;

  async function startServer(): Promise<void> {
    const started = spawn(
      process.execPath,
      [
        join(projectRoot, 'e2e/host-process.ts'),
        options.folder,
        String(port),
        TOKEN,
        join(projectRoot, 'dist/renderer'),
      ],
      {
        cwd: projectRoot,
        env: { ...process.env, CLEARLABEL_HOME: options.home },
        stdio: ['ignore', 'pipe', 'pipe'],
      },
    );
    child = started;
    started.stderr.on('data', (text: Buffer) => (output += text.toString()));
    const [line] = (await Promise.race([
      once(createInterface(started.stdout), 'line'),
      once(started, 'exit').then(() => Promise.reject(new Error(`the server did not start:\n${output}`))),
    ])) as [string];
    ({ port, address } = JSON.parse(line) as { port: number; address: string });
  }

  await startServer();
  const page = await options.context.newPage();
  await page.goto(address);
  return {
    page,
    openSecondWindow: async () => {
      const second = await options.context.newPage();
      await second.goto(address);
      return second;
    },
    kill: async () => {
      if (child.exitCode !== null || child.signalCode !== null) return;
      const exited = once(child, 'exit');
      child.kill('SIGKILL');
      await exited;
    },
    restart: async () => {
      await startServer();
      await page.goto(address);
      return page;
    },
    restartServer: startServer,
    stop: async () => {
      if (child.exitCode !== null || child.signalCode !== null) return;
      const exited = once(child, 'exit');
      child.kill('SIGTERM');
      await exited;
    },
    log: () => output,
  };
}

export async function launchElectron(options: LaunchOptions): Promise<AppHost> {
  const executablePath = electronBinary();
  if (executablePath === null) throw new Error('Electron’s binary is missing.');
  const start = () =>
    _electron.launch({
      executablePath,
      args: [
        projectRoot,
        '--folder',
        options.folder,
        ...(process.platform === 'linux' ? ['--no-sandbox'] : []),
      ],
      env: { ...definedEnvironment(), CLEARLABEL_HOME: options.home },
    });
  let application = await start();
  let page = await application.firstWindow();
  const startAgain = async (): Promise<Page> => {
    application = await start();
    page = await application.firstWindow();
    return page;
  };
  return {
    get page() {
      return page;
    },
    openSecondWindow: () => Promise.reject(new Error('Electron opens a project in one window only.')),
    kill: async () => {
      const exited = once(application.process(), 'exit');
      application.process().kill('SIGKILL');
      await exited;
    },
    restart: startAgain,
    restartServer: async () => void (await startAgain()),
    stop: () => application.close(),
    log: () => '',
  };
}

function definedEnvironment(): Record<string, string> {
  return Object.fromEntries(
    Object.entries(process.env).filter((entry): entry is [string, string] => entry[1] !== undefined),
  );
}
