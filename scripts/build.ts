// Builds everything into dist/: main processes and command line (ESM), preload (one CommonJS file), renderer.
// `isBuildStale` tells `npm start` whether that is needed.

import { existsSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { build, type InlineConfig } from 'vite';

const root = resolve(import.meta.dirname, '..');
const stampFile = join(root, 'dist', '.built');

/** Packages that stay outside the bundle: native modules and what the host provides. */
const EXTERNAL = [/^node:/, 'electron', 'onnxruntime-node', 'sharp'];

/** Names of the files in dist/main; worker entries lie beside the code that starts them. */
const MAIN_ENTRIES = {
  cli: 'src-main/cli/main.ts',
  'electron-main': 'src-main/electron/entry.ts',
  'imaging-entry': 'src-main/workers/imaging-entry.ts',
  'inference-entry': 'src-main/workers/inference-entry.ts',
  'segment-entry': 'src-main/workers/segment-entry.ts',
};

export function mainConfig(): InlineConfig {
  return {
    ...nodeConfig('main', MAIN_ENTRIES, {
      // Flat: `import.meta.url` of every chunk lies in the folder that also holds the worker entries.
      format: 'esm',
      entryFileNames: '[name].js',
      chunkFileNames: 'chunk-[name]-[hash].js',
    }),
    ssr: { noExternal: true, external: ['electron', 'onnxruntime-node', 'sharp'] },
  };
}

/** A sandboxed preload must be one CommonJS file. */
export function preloadConfig(): InlineConfig {
  const entries = { preload: 'src-main/electron/preload.ts' };
  return nodeConfig('preload', entries, { format: 'cjs', entryFileNames: '[name].cjs' });
}

/** What everything that runs on Node has in common: dist/FOLDER from named entry files, native modules left out. */
function nodeConfig(
  folder: string,
  entries: Readonly<Record<string, string>>,
  output: { format: 'esm' | 'cjs'; entryFileNames: string; chunkFileNames?: string },
): InlineConfig {
  return {
    root,
    configFile: false,
    logLevel: 'warn',
    publicDir: false,
    build: {
      ssr: true,
      target: 'node22',
      outDir: join(root, 'dist', folder),
      emptyOutDir: true,
      minify: false,
      rolldownOptions: {
        input: Object.fromEntries(Object.entries(entries).map(([name, path]) => [name, join(root, path)])),
        external: EXTERNAL,
        output,
      },
    },
  };
}

export function rendererConfig(): InlineConfig {
  return { configFile: join(root, 'vite.renderer.config.ts'), logLevel: 'warn' };
}

export async function buildAll(): Promise<void> {
  const started = performance.now();
  await build(mainConfig());
  await build(preloadConfig());
  await build(rendererConfig());
  writeFileSync(stampFile, new Date().toISOString());
  console.log(`Built dist/ in ${((performance.now() - started) / 1000).toFixed(1)} s`);
}

/** True when dist/ is missing or a source is newer than it. */
export function isBuildStale(): boolean {
  if (!existsSync(stampFile)) return true;
  const builtMs = statSync(stampFile).mtimeMs;
  const watched = [
    'src-main',
    'src-shared',
    'src-renderer',
    'scripts/build.ts',
    'vite.renderer.config.ts',
    'package.json',
  ];
  return watched.some((path) => newestMs(join(root, path)) > builtMs);
}

function newestMs(path: string): number {
  const stats = statSync(path);
  if (!stats.isDirectory()) return stats.mtimeMs;
  return Math.max(stats.mtimeMs, ...readdirSync(path).map((name) => newestMs(join(path, name))));
}

if (import.meta.main) await buildAll();
