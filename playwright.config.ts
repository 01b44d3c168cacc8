// The end-to-end suite: one set of specs, two launchers. Without Electron's binary its project holds one test that
// says so; nothing is left out in silence.

import { defineConfig } from '@playwright/test';
import { electronBinary } from './e2e/electron-binary.ts';
import { BROWSER_FLAGS, findBrowser } from './scripts/find-browser.ts';

const browser = findBrowser();
const hasElectron = electronBinary() !== null;

export default defineConfig({
  testDir: './e2e',
  outputDir: './test-results/e2e',
  // Every test runs a server with its own inference process.
  workers: 1,
  timeout: 120_000,
  expect: { timeout: 30_000 },
  forbidOnly: true,
  reporter: 'list',
  use: {
    viewport: { width: 1280, height: 720 },
    colorScheme: 'dark',
    trace: 'retain-on-failure',
    launchOptions: {
      args: [...BROWSER_FLAGS],
      ...(browser === null ? {} : { executablePath: browser.executablePath }),
    },
  },
  projects: [
    { name: 'browser host', testIgnore: /electron-.*\.spec\.ts/, metadata: { host: 'browser' } },
    {
      name: 'electron',
      testMatch: hasElectron ? /.*\.spec\.ts/ : /electron-not-run\.spec\.ts/,
      testIgnore: hasElectron ? /electron-not-run\.spec\.ts/ : [],
      metadata: { host: 'electron' },
    },
  ],
});
