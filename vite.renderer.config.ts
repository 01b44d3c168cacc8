// How the interface is bundled: one page, relative addresses, nothing inline (the hosts set a strict policy).

import { svelte } from '@sveltejs/vite-plugin-svelte';
import { resolve } from 'node:path';
import { defineConfig } from 'vite';

export default defineConfig({
  root: resolve(import.meta.dirname, 'src-renderer'),
  base: './',
  publicDir: false,
  plugins: [svelte({ configFile: false })],
  build: {
    outDir: resolve(import.meta.dirname, 'dist/renderer'),
    emptyOutDir: true,
    target: 'es2023',
    // Data addresses would be allowed by the policy, but files are cached by their content hash.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
  },
});
