// Memory while somebody pages through a folder: the real window in a real Chromium, 500 switches with the D and A keys.
// Printed is the proportional memory of all processes (browser and application) after the last 50 switches over
// that after the first 50: 1.0 is flat.

import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium, type Page } from 'playwright';
import sharp from 'sharp';
import { startBrowserHost } from '#main/web/host.ts';
import { buildAll, isBuildStale } from '../scripts/build.ts';
import { BROWSER_FLAGS, findBrowser, NO_BROWSER_MESSAGE } from '../scripts/find-browser.ts';
import { median, reportFigure } from './report-figure.ts';

const IMAGES = 120;
const SWITCHES = 500;
const SAMPLE_EVERY = 10;
const WIDTH_PX = 2400;
const HEIGHT_PX = 1600;

const browserFound = findBrowser();
if (browserFound === null) throw new Error(NO_BROWSER_MESSAGE);
if (isBuildStale()) await buildAll();

const folder = mkdtempSync(join(tmpdir(), 'clearlabel-switch-'));
process.env['CLEARLABEL_HOME'] = join(folder, 'home');
const images = join(folder, 'images');
mkdirSync(images);
for (let index = 0; index < IMAGES; index++) {
  const background = { r: (index * 37) % 256, g: (index * 91) % 256, b: (index * 13) % 256 };
  await sharp({ create: { width: WIDTH_PX, height: HEIGHT_PX, channels: 3, background } })
    .jpeg()
    .toFile(join(images, `image ${index}.jpg`));
}

const host = await startBrowserHost({ folder: images });
const browser = await chromium.launch({
  executablePath: browserFound.executablePath,
  args: [...BROWSER_FLAGS],
});
try {
  const page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
  await page.goto(host.addressWithToken);
  await page.getByTestId('workspace').waitFor();
  // The box for class names has the focus at first; letter keys are for text there.
  await page.evaluate(() => {
    if (document.activeElement instanceof HTMLElement) document.activeElement.blur();
  });
  const samples: number[] = [];
  for (let index = 1; index <= SWITCHES; index++) {
    await switchImage(page, index);
    if (index % SAMPLE_EVERY === 0) samples.push(residentMegabytes());
  }
  const early = median(samples.slice(0, 5));
  const late = median(samples.slice(-5));
  reportFigure({
    name: 'memory after 500 image switches over memory after 50',
    value: late / early,
    unit: '×',
    bar: 1.15,
    better: 'lower',
    details: {
      earlyMB: Math.round(early),
      lateMB: Math.round(late),
      peakMB: Math.round(Math.max(...samples)),
    },
  });
} finally {
  await browser.close();
  await host.stop();
  rmSync(folder, { recursive: true, force: true });
}

/** To the end of the folder and back, again and again; waits until the window shows the next image. */
async function switchImage(page: Page, index: number): Promise<void> {
  const before = await page.getByTestId('image-name').textContent();
  await page.keyboard.press(Math.floor((index - 1) / (IMAGES - 1)) % 2 === 0 ? 'd' : 'a');
  await page.waitForFunction(
    (old) => document.querySelector('[data-testid="image-name"]')?.textContent !== old,
    before,
  );
}

/** Proportional set size of this process and everything below it (shared pages count once), in megabytes. */
function residentMegabytes(): number {
  const parents = new Map<number, number>();
  for (const entry of readdirSync('/proc')) {
    if (!/^\d+$/.test(entry)) continue;
    const status = readOrEmpty(`/proc/${entry}/status`);
    const parent = /PPid:\s+(\d+)/.exec(status)?.[1];
    if (parent !== undefined) parents.set(Number(entry), Number(parent));
  }
  const isOurs = (pid: number): boolean =>
    pid === process.pid || (parents.has(pid) && isOurs(parents.get(pid) ?? 0));
  const kilobytes = [...parents.keys()]
    .filter(isOurs)
    .map((pid) => Number(/^Pss:\s+(\d+)/m.exec(readOrEmpty(`/proc/${pid}/smaps_rollup`))?.[1] ?? 0));
  return kilobytes.reduce((sum, value) => sum + value, 0) / 1024;
}

function readOrEmpty(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
