// `npm run screenshots`: the README's pictures, taken from the real application on the sample images with the demo
// model: the window with masks, the brush at work, the export dialog.

import { copyFileSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { chromium, type Page } from 'playwright';
import { launchBrowserHost } from '../e2e/app-host.ts';
import { WorkspacePage } from '../e2e/workspace-page.ts';
import { TEST_IDS } from '../src-renderer/test-ids.ts';
import { buildAll, isBuildStale } from './build.ts';
import { BROWSER_FLAGS, findBrowser, NO_BROWSER_MESSAGE } from './find-browser.ts';

const root = resolve(import.meta.dirname, '..');
const outputFolder = join(root, 'assets/screenshots');
const CLASSES = 'sky, grass, tree, house, car, road, cloud, sun, mountain, fence, flower, bird';
const MAIN_IMAGE = 'village.jpg';

const browserPath = findBrowser();
if (browserPath === null) throw new Error(NO_BROWSER_MESSAGE);
if (isBuildStale()) await buildAll();
mkdirSync(outputFolder, { recursive: true });

const work = mkdtempSync(join(tmpdir(), 'clearlabel-screenshots-'));
const folder = join(work, 'samples');
mkdirSync(folder);
for (const name of readdirSync(join(root, 'assets/samples')))
  if (!name.endsWith('.md')) copyFileSync(join(root, 'assets/samples', name), join(folder, name));

const browser = await chromium.launch({
  executablePath: browserPath.executablePath,
  args: [...BROWSER_FLAGS],
});
const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, colorScheme: 'dark' });
const host = await launchBrowserHost({ folder, home: join(work, 'home'), context });
try {
  const workspace = await new WorkspacePage(host.page).ready();
  await prepare(workspace);
  await take(workspace.page, 'main');
  await paint(workspace);
  await take(workspace.page, 'brush');
  await workspace.page.mouse.up();
  await exportAll(workspace);
  await take(workspace.page, 'export');
} finally {
  await host.stop();
  await browser.close();
  rmSync(work, { recursive: true, force: true });
}

/** Every image has its proposals; the main image is open, some of its proposals are accepted. */
async function prepare(workspace: WorkspacePage): Promise<void> {
  const { page } = workspace;
  await page.locator(`[data-testid=${TEST_IDS.filmstripItem}][data-path="${MAIN_IMAGE}"]`).click();
  await workspace.typeClasses(CLASSES);
  await workspace.regions('proposal').first().waitFor();
  const progress = page.getByTestId(TEST_IDS.batchProgress);
  await progress.waitFor({ state: 'detached', timeout: 600_000 });
  for (const name of ['sky', 'house', 'grass']) {
    const accept = page.getByRole('button', { name: `Accept all proposals of ${name}` });
    if (await accept.isEnabled()) await accept.click();
  }
  await page.getByRole('button', { name: 'Close this message' }).first().click();
  await workspace.saved();
  await workspace.parkPointer();
}

async function paint(workspace: WorkspacePage): Promise<void> {
  const { page } = workspace;
  const crown = await workspace.screenPoint([0.5, 0.7]);
  await page.keyboard.press('Escape');
  await page.mouse.click(crown.x, crown.y);
  await page.keyboard.press('b');
  for (let notch = 0; notch < 5; notch++) await page.mouse.wheel(0, -120);
  for (let press = 0; press < 4; press++) await page.keyboard.press('[');
  await workspace.stroke(
    [
      [0.45, 0.65],
      [0.4, 0.67],
      [0.375, 0.72],
      [0.385, 0.79],
    ],
    false,
  );
}

async function exportAll(workspace: WorkspacePage): Promise<void> {
  const { page } = workspace;
  await page.keyboard.press('Control+0');
  await workspace.saved();
  await page.getByRole('button', { name: 'Export', exact: true }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByText(/^All \(/).click();
  await dialog.getByRole('button', { name: /^Export \d/ }).click();
  await dialog.getByText(/\d+ of \d+ exact/).waitFor();
  await workspace.parkPointer();
}

async function take(page: Page, name: string): Promise<void> {
  const path = join(outputFolder, `${name}.png`);
  await page.screenshot({ path });
  console.log(path);
}
