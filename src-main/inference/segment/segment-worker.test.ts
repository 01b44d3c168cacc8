import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { DenseFeatures, SegmentRequest } from '#main/workers/messages.ts';
import { writeFeatureFile } from './feature-file.ts';
import { createSegmentWorker } from './segment-worker.ts';
import { planWindows } from './windows.ts';

const origin = { modelId: 'm', method: 'clearclip', sourceSizeBytes: 1, sourceModifiedMs: 2 };

/** Left half looks like the first axis, right half like the second. */
function halves(swap = false): DenseFeatures {
  const windows = planWindows(64, 32, 0, 1, 16);
  const values = new Float32Array(8 * 2);
  for (let patch = 0; patch < 8; patch++) values[patch * 2 + (patch % 4 < 2 !== swap ? 0 : 1)] = 1;
  return {
    embeddingSize: 2,
    resizedWidthPx: 64,
    resizedHeightPx: 32,
    originalWidthPx: 400,
    originalHeightPx: 200,
    cropPx: 0,
    windows,
    values,
  };
}

describe('segmentation worker', () => {
  let folder: string;
  let featureFile: string;
  let request: SegmentRequest;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'segment-'));
    featureFile = join(folder, '1.feat');
    request = {
      featureFile,
      classes: [
        { categoryId: 7, queryCount: 1, threshold: 0.5, kind: 'thing' },
        { categoryId: 9, queryCount: 1, threshold: 0.5, kind: 'stuff' },
      ],
      textFeatures: Float32Array.of(1, 0, 0, 1),
      logitScale: 50,
      minAreaPx: 10,
    };
    await writeFeatureFile(featureFile, halves(), origin);
  });
  afterEach(() => rm(folder, { recursive: true }));

  it('gives each class its half', async () => {
    const result = await createSegmentWorker().segment(request);
    expect(result).toMatchObject({ widthPx: 400, heightPx: 200 });
    expect(result.regions).toMatchObject([
      { categoryId: 7, queryIndex: 0, areaPx: 40_000, box: [0, 0, 200, 200] },
      { categoryId: 9, queryIndex: 1, areaPx: 40_000, box: [200, 0, 200, 200] },
    ]);
    expect(result.regions[0]!.score).toBeGreaterThan(0.9);
  });

  it('reads a file again when it has changed', async () => {
    const worker = createSegmentWorker();
    await worker.segment(request);
    await rm(featureFile);
    await writeFeatureFile(featureFile, halves(true), { ...origin, method: 'another-method' });
    const { regions } = await worker.segment(request);
    expect(regions[0]).toMatchObject({ categoryId: 7, box: [200, 0, 200, 200] });
  });

  it('has nothing to say without classes', async () => {
    const empty = { ...request, classes: [], textFeatures: new Float32Array(0) };
    expect((await createSegmentWorker().segment(empty)).regions).toEqual([]);
  });

  it('names missing and damaged files and names of another model', async () => {
    const worker = createSegmentWorker();
    const wrongSize = { ...request, textFeatures: new Float32Array(5) };
    await expect(worker.segment(wrongSize)).rejects.toMatchObject({ code: 'request/invalid' });
    await writeFile(featureFile, 'x');
    await expect(worker.segment(request)).rejects.toMatchObject({ code: 'request/not-found' });
    await rm(featureFile);
    await expect(worker.segment(request)).rejects.toMatchObject({ code: 'request/not-found' });
  });
});
