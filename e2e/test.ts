// Fixtures: a copy of some sample images, the application on that copy, and its window.

import { test as base, expect } from '@playwright/test';
import { copyFileSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { launchBrowserHost, launchElectron, projectRoot, type AppHost } from './app-host.ts';
import { WorkspacePage } from './workspace-page.ts';

interface TestFixtures {
  /** Names of the sample images that the project holds. */
  imageNames: string[];
  /** Called with the folder before the application opens it. */
  prepareFolder: (folder: string) => void;
  folder: string;
  host: AppHost;
  workspace: WorkspacePage;
}

interface WorkerFixtures {
  home: string;
}

export const test = base.extend<TestFixtures, WorkerFixtures>({
  imageNames: [['bay.jpg', 'crossing.jpg', 'meadow.jpg'], { option: true }],
  prepareFolder: [() => undefined, { option: true }],
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
  folder: async ({ imageNames, prepareFolder }, use) => {
    const parent = mkdtempSync(join(tmpdir(), 'clearlabel-e2e-'));
    const folder = join(parent, 'photos');
    mkdirSync(folder);
    for (const name of imageNames)
      copyFileSync(join(projectRoot, 'assets/samples', name), join(folder, name));
    prepareFolder(folder);
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
