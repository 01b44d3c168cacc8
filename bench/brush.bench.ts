// Painting on a 24-megapixel image with a brush of radius 64, real pointer events in a real Chromium: time from the
// first line of the pointer handler to the last call that uploads changed texels. 40 large regions lie below.
// In the details: the browser's own delay before the handler, and the time until the driver has finished the upload
// (glFinish, which in software also waits for the frame before).

import { chromium, type Page } from 'playwright';
import { BROWSER_FLAGS, findBrowser, NO_BROWSER_MESSAGE } from '../scripts/find-browser.ts';
import { buildEditorPage } from './editor-page/build-page.ts';
import type { BenchPage } from './editor-page/main.ts';
import { percentile, reportFigure } from './report-figure.ts';

const WIDTH_PX = 6000;
const HEIGHT_PX = 4000;
const RADIUS_IMAGE_PX = 64;
const STROKES = 6;
const STEPS = 40;
const BAR_MS = 4;
const PAGE_URL = 'http://127.0.0.1:9/';

declare const bench: BenchPage;

const found = findBrowser();
if (found === null) throw new Error(NO_BROWSER_MESSAGE);
const script = await buildEditorPage();
const browser = await chromium.launch({ executablePath: found.executablePath, args: [...BROWSER_FLAGS] });
try {
  const page = await browser.newPage({ viewport: { width: 1280, height: 720 } });
  page.on('pageerror', (error) => process.stderr.write(`${error.stack ?? error.message}\n`));
  await page.route(PAGE_URL, (route) =>
    route.fulfill({ contentType: 'text/html', body: '<!doctype html><title>editor</title><body></body>' }),
  );
  await page.goto(PAGE_URL);
  await page.addScriptTag({ content: script });
  await page.evaluate(([width, height]) => bench.open(width, height, 40), [WIDTH_PX, HEIGHT_PX] as const);
  await page.evaluate((radiusImagePx) => {
    bench.editor.dispatch({ kind: 'set-tool', tool: 'brush' });
    bench.editor.dispatch({ kind: 'set-brush-radius', radiusImagePx });
  }, RADIUS_IMAGE_PX);
  await paint(page, 2);
  await measure(page, 'whole image in the window', 'zoom-fit');
  await measure(page, '100 %', 'zoom-actual');
} finally {
  await browser.close();
}

async function measure(page: Page, title: string, zoom: 'zoom-fit' | 'zoom-actual'): Promise<void> {
  await page.evaluate((kind) => bench.editor.dispatch({ kind }), zoom);
  await page.waitForTimeout(500);
  const bare = await timingsOf(page, false);
  const finished = await timingsOf(page, true);
  const values = bare.timingsMs;
  const [p50Ms, p95Ms, p99Ms] = [0.5, 0.95, 0.99].map((fraction) => rounded(percentile(values, fraction)));
  reportFigure({
    name: `brush segment, 24 MP, radius 64, ${title} (p95)`,
    value: percentile(values, 0.95),
    unit: 'ms',
    bar: BAR_MS,
    better: 'lower',
    details: {
      ...{ p50Ms, p95Ms, p99Ms, segments: values.length },
      dispatchDelayP95Ms: rounded(percentile(bare.dispatchDelaysMs, 0.95)),
      untilFinishedP50Ms: rounded(percentile(finished.untilFinishedMs, 0.5)),
      untilFinishedP95Ms: rounded(percentile(finished.untilFinishedMs, 0.95)),
    },
  });
}

async function timingsOf(page: Page, waitsForDriver: boolean) {
  await page.evaluate((waits) => bench.beginTimings(waits), waitsForDriver);
  await paint(page, STROKES);
  return page.evaluate(() => bench.endTimings());
}

/** Each stroke goes across the window in segments of some 20 screen pixels. */
async function paint(page: Page, strokes: number): Promise<void> {
  for (let stroke = 0; stroke < strokes; stroke++) {
    const y = 120 + ((stroke * 67) % 480);
    await page.mouse.move(160, y);
    await page.mouse.down();
    await page.mouse.move(1120, 120 + ((stroke * 191) % 480), { steps: STEPS });
    await page.mouse.up();
  }
}

function rounded(value: number): number {
  return Math.round(value * 100) / 100;
}
