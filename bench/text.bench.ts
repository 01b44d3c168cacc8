// Text feature of a class name never seen before: 80 prompts through a B/16-size text tower (random weights),
// tokenising included.

import { createInferenceWorker } from '#main/inference/inference-worker.ts';
import { IMAGENET_TEMPLATES } from '#main/inference/text/templates.ts';
import { makeRandomClip } from './make-random-clip.ts';
import { median, reportFigure } from './report-figure.ts';

const NAMES = [
  'traffic light',
  'skyscraper',
  'dog',
  'person in a red shirt',
  'swimming pool',
  'oak tree',
  'television monitor',
  'bicycle',
  'parked delivery van',
];

const worker = createInferenceWorker();
const startMs = performance.now();
const folder = await makeRandomClip();
await worker.openModel({ folder, cacheFolder: '', tower: 'text', provider: 'cpu' });
reportFigure({
  name: 'B/16 text tower: load',
  value: (performance.now() - startMs) / 1000,
  unit: 's',
  bar: null,
  better: 'lower',
});

const timesSeconds: number[] = [];
for (const name of NAMES) {
  const nameStartMs = performance.now();
  await worker.encodeNames({ names: [name], templates: [...IMAGENET_TEMPLATES] });
  timesSeconds.push((performance.now() - nameStartMs) / 1000);
}
reportFigure({
  name: 'B/16 text tower: a name never seen, 80 templates',
  value: median(timesSeconds),
  unit: 's',
  bar: 0.6,
  better: 'lower',
  details: { worst: Math.max(...timesSeconds), names: NAMES.length },
});
