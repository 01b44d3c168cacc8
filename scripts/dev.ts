// `npm run dev`: hot reload in both hosts. The renderer comes from Vite's dev server, which passes /api to the
// browser host; main-side code runs from the sources and its process restarts when a source changes.
// With `--electron` the desktop window is built and loads the same dev server.

import { spawn, type ChildProcess } from 'node:child_process';
import { watch } from 'node:fs';
import { join, resolve } from 'node:path';
import { build, createServer, mergeConfig } from 'vite';
import { mainConfig, preloadConfig, rendererConfig } from './build.ts';
import { bin, projectRoot } from './run-step.ts';
import { sampleProjectFolder } from './samples.ts';

const API_PORT = 47_621;
const UI_PORT = 47_620;
const DEV_TOKEN = 'development';
const API_ORIGIN = `http://127.0.0.1:${API_PORT}`;

const isElectron = process.argv.includes('--electron');
const folderArg = process.argv.slice(2).find((arg) => !arg.startsWith('--'));
const folder =
  folderArg === undefined
    ? sampleProjectFolder(projectRoot)
    : resolve(process.env['INIT_CWD'] ?? process.cwd(), folderArg);

const server = await createServer(
  mergeConfig(rendererConfig(), {
    logLevel: 'info',
    server: {
      host: '127.0.0.1',
      port: UI_PORT,
      strictPort: true,
      proxy: {
        '/api': {
          target: API_ORIGIN,
          changeOrigin: true,
          headers: { authorization: `Bearer ${DEV_TOKEN}`, origin: API_ORIGIN },
        },
      },
    },
  }),
);
await server.listen();

if (isElectron) await buildDesktop();
let host = startHost();
let pending: NodeJS.Timeout | undefined;
for (const source of ['src-main', 'src-shared']) {
  watch(join(projectRoot, source), { recursive: true }, () => {
    clearTimeout(pending);
    pending = setTimeout(() => void restart(), 200);
  });
}
console.log(`Interface with hot reload: http://127.0.0.1:${UI_PORT}/`);

async function buildDesktop(): Promise<void> {
  await build(preloadConfig());
  await build(mainConfig());
}

async function restart(): Promise<void> {
  if (isElectron) await buildDesktop();
  const old = host;
  old.once('exit', () => {
    host = startHost();
    console.log('Main side restarted');
  });
  old.kill('SIGTERM');
}

function startHost(): ChildProcess {
  const [command, ...args] = isElectron
    ? [process.execPath, bin('electron/cli.js'), projectRoot, '--folder', folder]
    : [process.execPath, join(projectRoot, 'scripts/dev-host.ts'), folder, String(API_PORT), DEV_TOKEN];
  return spawn(command, args, {
    env: { ...process.env, CLEARLABEL_DEV_URL: `http://127.0.0.1:${UI_PORT}/` },
    stdio: 'inherit',
  });
}
