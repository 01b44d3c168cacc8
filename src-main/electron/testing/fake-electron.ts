// A stand-in for the `electron` module with just enough behaviour for tests where the binary is absent: events are
// emitted, handlers are kept and can be called. Only tests import it.

import { fork, type ChildProcess } from 'node:child_process';
import { EventEmitter } from 'node:events';
import { PassThrough } from 'node:stream';

export class FakeContents extends EventEmitter {
  openHandler: ((details: { url: string }) => { action: string }) | null = null;
  setWindowOpenHandler(handler: (details: { url: string }) => { action: string }): void {
    this.openHandler = handler;
  }
}

export class BrowserWindow extends EventEmitter {
  static all: BrowserWindow[] = [];
  static getAllWindows(): BrowserWindow[] {
    return BrowserWindow.all;
  }
  static getFocusedWindow(): BrowserWindow | null {
    return BrowserWindow.all[0] ?? null;
  }
  readonly options: { webPreferences: Record<string, unknown> };
  readonly webContents = new FakeContents();
  loadedUrl = '';
  isShown = false;
  isFocused = false;
  constructor(options: { webPreferences: Record<string, unknown> }) {
    super();
    this.options = options;
    BrowserWindow.all.push(this);
    app.emit('web-contents-created', {}, this.webContents);
  }
  loadURL(url: string): Promise<void> {
    this.loadedUrl = url;
    queueMicrotask(() => this.emit('ready-to-show'));
    return Promise.resolve();
  }
  show(): void {
    this.isShown = true;
  }
  focus(): void {
    this.isFocused = true;
  }
  isMinimized(): boolean {
    return false;
  }
  restore(): void {
    this.isShown = true;
  }
}

class FakeApp extends EventEmitter {
  hasLock = true;
  isSandboxed = false;
  quitCount = 0;
  name = '';
  requestSingleInstanceLock(): boolean {
    return this.hasLock;
  }
  enableSandbox(): void {
    this.isSandboxed = true;
  }
  setName(name: string): void {
    this.name = name;
  }
  whenReady(): Promise<void> {
    return Promise.resolve();
  }
  /** Like Electron: `before-quit` may hold the quitting back. */
  quit(): void {
    this.quitCount += 1;
    const event = { isPrevented: false };
    this.emit('before-quit', {
      preventDefault: () => {
        event.isPrevented = true;
      },
    });
    if (!event.isPrevented) this.emit('quitted');
  }
}
export const app = new FakeApp();

class FakeProtocol {
  schemes: { scheme: string; privileges: Record<string, boolean> }[] = [];
  handlers = new Map<string, (request: Request) => Promise<Response>>();
  registerSchemesAsPrivileged(schemes: FakeProtocol['schemes']): void {
    this.schemes = schemes;
  }
  handle(scheme: string, handler: (request: Request) => Promise<Response>): void {
    this.handlers.set(scheme, handler);
  }
}
export const protocol = new FakeProtocol();

type InvokeHandler = (event: unknown, argument: unknown) => Promise<unknown>;
class FakeIpcMain {
  handlers = new Map<string, InvokeHandler>();
  handle(channel: string, handler: InvokeHandler): void {
    this.handlers.set(channel, handler);
  }
}
export const ipcMain = new FakeIpcMain();

class FakeSession {
  requestHandler:
    ((contents: unknown, permission: string, callback: (isGranted: boolean) => void) => void) | null = null;
  checkHandler: ((contents: unknown, permission: string) => boolean) | null = null;
  deviceHandler: (() => boolean) | null = null;
  setPermissionRequestHandler(handler: FakeSession['requestHandler']): void {
    this.requestHandler = handler;
  }
  setPermissionCheckHandler(handler: FakeSession['checkHandler']): void {
    this.checkHandler = handler;
  }
  setDevicePermissionHandler(handler: () => boolean): void {
    this.deviceHandler = handler;
  }
}
export const session = { defaultSession: new FakeSession() };

export const shell = {
  opened: [] as string[],
  openExternal(url: string): Promise<void> {
    shell.opened.push(url);
    return Promise.resolve();
  },
};

export const dialog = {
  nextPath: null as string | null,
  showOpenDialog(): Promise<{ canceled: boolean; filePaths: string[] }> {
    const path = dialog.nextPath;
    return Promise.resolve({ canceled: path === null, filePaths: path === null ? [] : [path] });
  },
  showSaveDialog(): Promise<{ canceled: boolean; filePath: string }> {
    return Promise.resolve({ canceled: dialog.nextPath === null, filePath: dialog.nextPath ?? '' });
  },
};

export const Menu = {
  template: null as unknown,
  buildFromTemplate(template: unknown): unknown {
    return template;
  },
  setApplicationMenu(menu: unknown): void {
    Menu.template = menu;
  },
};

/** A utility process as a forked Node process whose `process.parentPort` is bridged to its IPC channel. */
class FakeUtilityProcess extends EventEmitter {
  readonly stderr = new PassThrough();
  readonly #child: ChildProcess;
  constructor(path: string, env: NodeJS.ProcessEnv) {
    super();
    const bridge = new URL('./utility-bridge.ts', import.meta.url);
    this.#child = fork(path, [], {
      serialization: 'advanced',
      env,
      execArgv: ['--import', bridge.href],
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    });
    this.#child.stderr?.pipe(this.stderr);
    this.#child.on('message', (message) => this.emit('message', message));
    this.#child.on('exit', (code) => this.emit('exit', code ?? 1));
  }
  postMessage(message: unknown): void {
    if (this.#child.connected) this.#child.send(message as object);
  }
  kill(): boolean {
    return this.#child.kill('SIGKILL');
  }
}

export const utilityProcess = {
  fork(path: string, _args: string[], options: { env: NodeJS.ProcessEnv }): FakeUtilityProcess {
    return new FakeUtilityProcess(path, options.env);
  },
};
