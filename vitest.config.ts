// Two projects: `node` for everything without a DOM, `dom` for components and rune modules.

import { svelte } from '@sveltejs/vite-plugin-svelte';
import { svelteTesting } from '@testing-library/svelte/vite';
import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: 'node',
          environment: 'node',
          include: [
            'src-shared/**/*.test.ts',
            'src-main/**/*.test.ts',
            'src-renderer/**/*.test.ts',
            'scripts/**/*.test.ts',
          ],
          exclude: ['**/*.svelte.test.ts', '**/*.dom.test.ts'],
          testTimeout: 60_000,
        },
      },
      {
        plugins: [svelte(), svelteTesting()],
        test: {
          name: 'dom',
          environment: 'jsdom',
          include: ['src-renderer/**/*.svelte.test.ts', 'src-renderer/**/*.dom.test.ts'],
          testTimeout: 60_000,
        },
      },
    ],
  },
});
