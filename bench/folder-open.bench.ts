// A folder of 10 000 images from nothing to the first image's bytes: opening, listing, starting the imaging process,
// reading the header, display bytes. And the same folder opened again.

import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openProject } from '#main/services/project.ts';
import { createAppWorkers } from '#main/workers/app-workers.ts';
import { reportFigure } from './report-figure.ts';

const IMAGE_COUNT = 10_000;
const BAR_SECONDS = 2;

const folder = await mkdtemp(join(tmpdir(), 'clearlabel-bench-'));
try {
  await makeImages();
  await measure('folder of 10 000 images: first opening to first image', BAR_SECONDS);
  await measure('folder of 10 000 images: opened again to first image', BAR_SECONDS);
} finally {
  await rm(folder, { recursive: true, force: true });
}

async function makeImages(): Promise<void> {
  const workers = createAppWorkers();
  const rgb = Uint8Array.from({ length: 64 * 48 * 3 }, (_, index) => (index * 31) & 255);
  const { bytes } = await workers.imaging.encode({ rgb, widthPx: 64, heightPx: 48, format: 'jpeg' });
  await workers.stop();
  for (let index = 0; index < IMAGE_COUNT; index++)
    await writeFile(join(folder, `photo ${index}.jpg`), bytes);
}

/** Workers are started anew: their start belongs to what the user waits for. */
async function measure(name: string, bar: number): Promise<void> {
  const workers = createAppWorkers();
  const startMs = performance.now();
  const project = await openProject({ folder, storageFolder: null }, { imaging: workers.imaging });
  const openedMs = performance.now();
  const first = project.store.images.neighbour(null, 'forward', 'all');
  if (first === null) throw new Error('no image listed');
  const record = await project.access.ensureProbed(first.imageId);
  const picture = await project.access.display(first.imageId, 100_000_000);
  const shownMs = performance.now();
  if (record.widthPx !== 64 || picture.bytes.length === 0) throw new Error('the first image is wrong');
  reportFigure({
    name,
    value: (shownMs - startMs) / 1000,
    unit: 's',
    bar,
    better: 'lower',
    details: { openedSeconds: (openedMs - startMs) / 1000, images: project.store.images.count() },
  });
  const headersMs = performance.now();
  await project.headersRead;
  process.stderr.write(
    `all headers read ${Math.round((performance.now() - headersMs) / 100) / 10} s later\n`,
  );
  await project.close();
  await workers.stop();
}
