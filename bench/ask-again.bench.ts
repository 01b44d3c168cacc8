// Asking an open 12-megapixel image again: after a change among known names, and with a name that the text tower has
// never seen. From the request to stored proposals, on a ViT-B/16-size model with random weights.

import { copyFileSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createApplication } from '#main/services/application.ts';
import { addCategories, changeCategory } from '#main/services/vocabulary.ts';
import { makeRandomClip } from './make-random-clip.ts';
import { median, percentile, reportFigure } from './report-figure.ts';

const RUN_COUNT = 15;
const CLASSES = 'sky, tree=oak|pine, house, road, car, person, grass, water, cat, dog';

const root = mkdtempSync(join(tmpdir(), 'clearlabel-bench-'));
const folder = join(root, 'photos');
mkdirSync(folder);
copyFileSync(join(import.meta.dirname, '../assets/samples/valley_12mp.jpg'), join(folder, 'valley_12mp.jpg'));
const application = await createApplication({
  host: 'test',
  canOpenFolders: true,
  isLive: false,
  dataFolder: join(root, 'home'),
  demoModelFolder: await makeRandomClip(),
});
try {
  const { store } = await application.openProject({ folder, storageFolder: null });
  const { added } = addCategories(store, CLASSES);
  const [first] = added;
  const imageId = store.images.ids()[0];
  if (first === undefined || imageId === undefined) throw new Error('nothing to ask');
  const ask = async (name: string): Promise<number> => {
    changeCategory(store, first.id, { name });
    const startMs = performance.now();
    await application.relabel(imageId, {});
    return performance.now() - startMs;
  };
  for (const name of ['meadow', 'cloud', 'sky']) await ask(name);
  const known: number[] = [];
  for (let run = 0; run < RUN_COUNT; run++)
    known.push(await ask(['meadow', 'cloud', 'sky'][run % 3] ?? 'sky'));
  const unseen: number[] = [];
  for (let run = 0; run < RUN_COUNT; run++) unseen.push(await ask(`street lamp number ${run}`));
  reportFigure({
    name: 'open 12 MP image asked again, known names',
    value: median(known),
    unit: 'ms',
    bar: 80,
    better: 'lower',
    details: { p95Ms: percentile(known, 0.95), proposals: store.regions.count('proposal') },
  });
  reportFigure({
    name: 'open 12 MP image asked again, a name never seen',
    value: median(unseen),
    unit: 'ms',
    bar: 600,
    better: 'lower',
    details: { p95Ms: percentile(unseen, 0.95) },
  });
} finally {
  await application.close();
  rmSync(root, { recursive: true, force: true });
}
