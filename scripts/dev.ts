// `npm run dev`: hot reload in both hosts. The renderer comes from Vite's dev server, which passes /api to the
// browser host; main-side code is rebuilt and its process restarted when a source changes.
// With `--electron` the desktop window loads the same dev server instead of a browser.

import { spawn, type ChildProcess } from 'node:child_process';
import { watch } from 'node:fs';
import { join, resolve } from 'node:path';
import { build, createServer } from 'vite';
import { mainConfig, preloadConfig, rendererConfig } from './build.ts';
import { projectRoot } from './run-step.ts';
import { sampleProjectFolder } from './samples.ts';

const API_PORT = 47_621;
const UI_PORT = 47_620;
const DEV_TOKEN = 'development';

const isElectron = process.argv.includes('--electron');
const folderArg = process.argv.slice(2).find((arg) => !arg.startsWith('--'));
const folder =
  folderArg === undefined
    ? sampleProjectFolder(projectRoot)
    : resolve(process.env['INIT_CWD'] ?? process.cwd(), folderArg);

await build(preloadConfig());
await build(mainConfig());
await build(rendererConfig());

const server = await createServer({
  ...rendererConfig(),
  server: {
    host: '127.0.0.1',
    port: UI_PORT,
    strictPort: true,
    proxy: {
      '/api': {
        target: `http://127.0.0.1:${API_PORT}`,
        changeOrigin: true,
        headers: { authorization: `Bearer ${DEV_TOKEN}`, origin: `http://127.0.0.1:${API_PORT}` },
      },
    },
  },
});
await server.listen();

let host = startHost();
let pending: NodeJS.Timeout | undefined;
for (const source of ['src-main', 'src-shared']) {
  watch(join(projectRoot, source), { recursive: true }, () => {
    clearTimeout(pending);
    pending = setTimeout(() => void restart(), 200);
  });
}
console.log(`Interface with hot reload: http://127.0.0.1:${UI_PORT}/`);

async function restart(): Promise<void> {
  await build(mainConfig());
  host.kill();
  host = startHost();
  console.log('Main side restarted');
}

function startHost(): ChildProcess {
  const env = {
    ...process.env,
    CLEARLABEL_DEV_TOKEN: DEV_TOKEN,
    CLEARLABEL_DEV_URL: `http://127.0.0.1:${UI_PORT}/`,
  };
  if (isElectron) {
    return spawn(join(projectRoot, 'node_modules/.bin/electron'), [projectRoot, '--folder', folder], {
      env,
      stdio: 'inherit',
    });
  }
  const args = [
    join(projectRoot, 'dist/main/cli.js'),
    'serve',
    folder,
    '--port',
    String(API_PORT),
    '--allow-other-folders',
  ];
  return spawn(process.execPath, args, { env, stdio: 'inherit' });
}
