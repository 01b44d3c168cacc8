// Bare time of the image encoder on a full-size ViT-B/16 (random weights), and the time to load it.

import { openCheckpoint } from '#main/inference/checkpoint/open-checkpoint.ts';
import { ImageEncoder } from '#main/inference/image/image-encoder.ts';
import { makeRandomClip } from './make-random-clip.ts';
import { median, reportFigure } from './report-figure.ts';

const RUN_COUNT = 8;
const PATCH_PX = 16;

const folder = await makeRandomClip();
const loadStartMs = performance.now();
const { weights } = await openCheckpoint(folder);
const encoder = await ImageEncoder.create(weights, 'cpu');
reportFigure({
  name: 'ViT-B/16: load the image trunk',
  value: (performance.now() - loadStartMs) / 1000,
  unit: 's',
  bar: null,
  better: 'lower',
  details: { residentMiB: Math.round(process.memoryUsage().rss / 2 ** 20) },
});

for (const { sidePx, count } of [
  { sidePx: 448, count: 1 },
  { sidePx: 448, count: 2 },
  { sidePx: 224, count: 8 },
]) {
  const side = sidePx / PATCH_PX;
  const pixels = Float32Array.from({ length: count * 3 * sidePx * sidePx }, (_, i) => Math.sin(i));
  const timesMs: number[] = [];
  for (let run = 0; run <= RUN_COUNT; run++) {
    const startMs = performance.now();
    await encoder.encodePixels(pixels, count, { rows: side, columns: side }, 'clearclip');
    if (run > 0) timesMs.push((performance.now() - startMs) / count);
  }
  reportFigure({
    name: `ViT-B/16 clearclip: bare encoder, one ${sidePx} px window in a batch of ${count}`,
    value: median(timesMs),
    unit: 'ms',
    bar: null,
    better: 'lower',
    details: { bestMs: Math.min(...timesMs), runs: RUN_COUNT },
  });
}
await encoder.dispose();
