// Fixtures: a copy of some sample images, the application on that copy, and its window.

import { test as base, expect } from '@playwright/test';
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { launchBrowserHost, launchElectron, projectRoot, type AppHost } from './app-host.ts';
import { WorkspacePage } from './workspace-page.ts';

interface TestFixtures {
  /** Names of the sample images that the project holds. */
  imageNames: string[];
  /** Further files of the folder: content by name. */
  extraFiles: Record<string, Uint8Array | string>;
  folder: string;
  host: AppHost;
  workspace: WorkspacePage;
}

interface WorkerFixtures {
  home: string;
}

export const test = base.extend<TestFixtures, WorkerFixtures>({
  imageNames: [['bay.jpg', 'crossing.jpg', 'meadow.jpg'], { option: true }],
  extraFiles: [{}, { option: true }],
  // Model graphs are written once for all tests of a worker.
  home: [
    // eslint-disable-next-line no-empty-pattern
    async ({}, use) => {
      const home = mkdtempSync(join(tmpdir(), 'clearlabel-home-'));
      await use(home);
      rmSync(home, { recursive: true, force: true });
    },
    { scope: 'worker' },
  ],
  folder: async ({ imageNames, extraFiles }, use) => {
    const parent = mkdtempSync(join(tmpdir(), 'clearlabel-e2e-'));
    const folder = join(parent, 'photos');
    mkdirSync(folder);
    for (const name of imageNames)
      copyFileSync(join(projectRoot, 'assets/samples', name), join(folder, name));
    for (const [name, content] of Object.entries(extraFiles)) writeFileSync(join(folder, name), content);
    await use(folder);
    rmSync(parent, { recursive: true, force: true });
  },
  host: async ({ context, folder, home }, use, testInfo) => {
    const isElectron = testInfo.project.metadata['host'] === 'electron';
    const host = await (isElectron ? launchElectron : launchBrowserHost)({ folder, home, context });
    await use(host);
    await host.stop();
    if (testInfo.status !== testInfo.expectedStatus)
      await testInfo.attach('server log', { body: host.log(), contentType: 'text/plain' });
  },
  workspace: async ({ host }, use) => {
    await use(await new WorkspacePage(host.page).ready());
  },
});

export { expect };
