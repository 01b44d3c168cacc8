// The whole engine against the methods' authors' own program: photo → OpenCV's resize → windows → tower → cosines with
// class names → labels.

import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { describeWithShared, portableDir, sharedFixture } from '#root/scripts/testing/fixtures.ts';
import { readPng } from '#root/scripts/testing/png.ts';
import {
  PORTABLE_CASES,
  readPortableCase,
  readSharedCase,
  readSubSampled,
  readWindowCosines,
  SHARED_NETWORK_CASES,
  thresholdPicture,
  type ProtocolCase,
} from '#root/scripts/testing/protocol-case.ts';
import type { DenseFeatures, InferenceWorkerApi } from '#main/workers/messages.ts';
import { modelInputSize, resizeLikeOpenCv } from '#shared/image/opencv-resize.ts';
import { createInferenceWorker } from './inference-worker.ts';
import { patchCosines } from './segment/cosines.ts';
import { buildCosineLattice } from './segment/cosine-lattice.ts';
import { labelMapOf } from './segment/label-map.ts';
import { labelImage } from './segment/label-runs.ts';
import { paperRules } from './segment/label-rules.ts';
import { PixelSampler } from './segment/pixel-sampler.ts';
import { IMAGENET_TEMPLATES } from './text/templates.ts';

describe('photo to labels, portable golden values', () => {
  describeCases(
    PORTABLE_CASES,
    readPortableCase,
    () => join(portableDir, 'checkpoint'),
    () => join(portableDir, 'protocol', 'queries.json'),
  );
});

describeWithShared('photo to labels, shared golden values', () => {
  describeCases(
    SHARED_NETWORK_CASES,
    readSharedCase,
    () => sharedFixture('checkpoints', 'a_hf')!,
    () => sharedFixture('protocol', 'queries.json')!,
  );
});

function describeCases(
  names: readonly string[],
  readCase: (name: string) => ProtocolCase,
  checkpointFolder: () => string,
  queriesFile: () => string,
): void {
  let cacheFolder: string;
  let worker: InferenceWorkerApi;
  let textFeatures: Float32Array;

  beforeAll(async () => {
    cacheFolder = await mkdtemp(join(tmpdir(), 'photo-to-labels-'));
    worker = createInferenceWorker();
    const model = { folder: checkpointFolder(), cacheFolder, provider: 'cpu' } as const;
    await worker.openModel({ ...model, tower: 'text' });
    await worker.openModel({ ...model, tower: 'image' });
    const queries = JSON.parse(readFileSync(queriesFile(), 'utf8')) as { text: string }[];
    const texts = queries.map((query) => query.text);
    textFeatures = await worker.encodeNames({ names: texts, templates: [...IMAGENET_TEMPLATES] });
  });
  afterAll(() => rm(cacheFolder, { recursive: true }));

  it.each(names)('%s', async (name) => {
    const golden = readCase(name);
    const features = await encode(worker, golden);
    expect(features.windows).toEqual(golden.windows);
    const queryCount = golden.queryClass.length;
    const planes = patchCosines(features.values, textFeatures, features.embeddingSize);
    expectWindowCosines(golden, planes);
    const lattice = buildCosineLattice(features, planes, queryCount);
    expectProbabilities(golden, new PixelSampler(lattice, golden.logitScale));
    for (const threshold of golden.thresholds) {
      const runs = labelMapOf(lattice, paperRules(golden.queryClass, threshold, golden.logitScale));
      const expected = await readPng(thresholdPicture(golden, 'labels', threshold), 1);
      const unsure = await readPng(thresholdPicture(golden, 'unsure', threshold), 1);
      const different = labelImage(runs).filter(
        (label, i) => unsure.data[i] === 0 && label !== expected.data[i],
      );
      expect(different.length, `threshold ${threshold}`).toBe(0);
    }
  });
}

async function encode(worker: InferenceWorkerApi, golden: ProtocolCase): Promise<DenseFeatures> {
  const photo = await readPng(join(golden.folder, 'photo.png'), 3);
  const { shortSidePx, longSideMaxPx, cropPx, stridePx } = golden;
  const size = modelInputSize(photo.widthPx, photo.heightPx, { shortSidePx, longSideMaxPx });
  const image = {
    ...size,
    rgb: resizeLikeOpenCv(photo, size).data,
    originalWidthPx: photo.widthPx,
    originalHeightPx: photo.heightPx,
  };
  return worker.encodeImage({ image, method: 'clearclip', window: { cropPx, stridePx } });
}

/** Stored for the shared cases only. */
function expectWindowCosines(golden: ProtocolCase, planes: Float32Array): void {
  if (golden.folder.startsWith(portableDir)) return;
  const queryCount = golden.queryClass.length;
  const patchCount = planes.length / queryCount;
  let error = 0;
  let firstPatch = 0;
  for (const stored of readWindowCosines(golden)) {
    const patches = stored.length / queryCount;
    stored.forEach((cosine, at) => {
      const plane = Math.floor(at / patches) * patchCount;
      error = Math.max(error, Math.abs(cosine - planes[plane + firstPatch + (at % patches)]!));
    });
    firstPatch += patches;
  }
  expect(error).toBeLessThan(1e-5);
}

function expectProbabilities(golden: ProtocolCase, sampler: PixelSampler): void {
  const stored = readSubSampled(golden, 'max_probability')!;
  const isPortable = golden.folder.startsWith(portableDir);
  // The portable values are float32 on every fifth pixel, the shared ones float16 on all.
  const step = isPortable ? golden.subSample : 1;
  const columns = Math.ceil(golden.originalWidthPx / step);
  let error = 0;
  stored.forEach((probability, at) => {
    const winner = sampler.winnerAt((at % columns) * step, Math.floor(at / columns) * step);
    error = Math.max(error, Math.abs(winner.probability - probability));
  });
  expect(error).toBeLessThan(isPortable ? 1e-4 : 5e-4);
}
