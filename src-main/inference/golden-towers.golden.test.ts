// Image and text towers against the values of the methods' authors' own programs.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { DenseFeatures, MethodName, ModelInputImage } from '#main/workers/messages.ts';
import { describeWithShared, portableDir, sharedFixture } from '#root/scripts/testing/fixtures.ts';
import { float32Of, readNpy, readNpz } from '#root/scripts/testing/npy.ts';
import { readPng } from '#root/scripts/testing/png.ts';
import {
  PORTABLE_CASES,
  readPortableCase,
  readSharedCase,
  SHARED_NETWORK_CASES,
  type ProtocolCase,
} from '#root/scripts/testing/protocol-case.ts';
import { openCheckpoint } from './checkpoint/open-checkpoint.ts';
import type { ImageEncoder } from './image/image-encoder.ts';
import { createImageTrial, createTextTrial } from './tower-trials.ts';
import { IMAGENET_TEMPLATES } from './text/templates.ts';
import type { PromptEncoder } from './text/prompt-encoder.ts';

const TOLERANCE = 2e-5;
const COSINE_TOLERANCE = 1e-5;

const GOLDEN_NAMES: readonly [MethodName, string][] = [
  ['clearclip', 'clearclip_norm.npy'],
  ['clip', 'clip_vanilla_norm.npy'],
  ['maskclip', 'maskclip_norm.npy'],
];

interface GoldenSet {
  checkpoint: string;
  /** Folder that holds images/, native/, large/, rect/. */
  images: string;
  /** Folder and file prefix of the text values. */
  text: string;
  textPrefix: string;
}

function defineTowerTests(locate: () => GoldenSet): void {
  let set: GoldenSet;
  let encoder: ImageEncoder;
  let prompts: PromptEncoder;

  beforeAll(async () => {
    set = locate();
    const checkpoint = await openCheckpoint(set.checkpoint);
    encoder = (await createImageTrial(checkpoint, 'cpu')).encoder;
    prompts = (await createTextTrial(checkpoint, 'cpu')).encoder;
  });
  afterAll(async () => {
    await encoder.dispose();
    await prompts.dispose();
  });

  describe.each(['native', 'large', 'rect'])('%s image', (image) => {
    it.each(GOLDEN_NAMES)('%s', async (method, file) => {
      const picture = await readPicture(join(set.images, 'images', `${image}.png`));
      const { values } = await encoder.encodeImage(picture, method, { cropPx: 0, stridePx: 0 });
      expectClose(values, join(set.images, image, file));
    });
  });

  it('prompts', async () => {
    const texts = readTexts(join(set.text, 'prompts.json'));
    expectClose(await prompts.encodePrompts(texts), join(set.text, `${set.textPrefix}prompts.npy`));
  });

  it('classes, mean of the 80 templates', async () => {
    const names = readTexts(join(set.text, 'classes.json'));
    const features = await prompts.encodeNames(names, IMAGENET_TEMPLATES);
    expectClose(features, join(set.text, `${set.textPrefix}classes.npy`));
  });
}

describe('towers of the portable checkpoint', () => {
  defineTowerTests(() => ({
    checkpoint: join(portableDir, 'checkpoint'),
    images: portableDir,
    text: join(portableDir, 'text'),
    textPrefix: '',
  }));
});

describeWithShared('towers of checkpoint a (float16, QuickGELU, patch 16)', () => {
  defineTowerTests(() => sharedSet('a'));
});

describeWithShared('towers of checkpoint b (float32, GELU, patch 14)', () => {
  defineTowerTests(() => sharedSet('b'));
});

describe('text features of the portable protocol cases', () => {
  it('match for names and synonyms', async () => {
    const checkpoint = await openCheckpoint(join(portableDir, 'checkpoint'));
    const { encoder } = await createTextTrial(checkpoint, 'cpu');
    const queries = JSON.parse(readFileSync(join(portableDir, 'protocol', 'queries.json'), 'utf8')) as {
      text: string;
    }[];
    const names = queries.map(({ text }) => text);
    const features = await encoder.encodeNames(names, IMAGENET_TEMPLATES);
    expectClose(features, join(portableDir, 'protocol', 'text_features.npy'));
    await encoder.dispose();
  });
});

describe('windows of the portable protocol cases', () => {
  it.each(PORTABLE_CASES)('%s has unit rows on the golden grids', async (name) => {
    const golden = readPortableCase(name);
    const features = await encodeCase(golden, join(portableDir, 'checkpoint'));
    expect(features.windows).toEqual(golden.windows);
    const { values, embeddingSize } = features;
    for (let row = 0; row < values.length; row += embeddingSize) {
      expect(Math.hypot(...values.subarray(row, row + embeddingSize))).toBeCloseTo(1, 5);
    }
  });
});

describeWithShared('window cosines of the shared protocol cases', () => {
  it.each(SHARED_NETWORK_CASES)('%s', async (name) => {
    const golden = readSharedCase(name);
    const features = await encodeCase(golden, required(sharedFixture('checkpoints', 'a_hf')));
    const text = float32Of(readNpz(join(golden.folder, '..', 'text_features.npz')).get('text_features'));
    const cosines = readNpz(join(golden.folder, 'window_cosines.npz'));
    const { embeddingSize } = features;
    let offset = 0;
    for (const [index, window] of features.windows.entries()) {
      const size = window.gridRows * window.gridColumns * embeddingSize;
      const actual = cosineRows(text, features.values.subarray(offset, offset + size), embeddingSize);
      const expected = float32Of(cosines.get(`window_${index}`));
      expect(maxDifference(actual, expected)).toBeLessThanOrEqual(COSINE_TOLERANCE);
      offset += size;
    }
  });
});

async function encodeCase(golden: ProtocolCase, checkpointFolder: string): Promise<DenseFeatures> {
  const { encoder } = await createImageTrial(await openCheckpoint(checkpointFolder), 'cpu');
  const picture = await readPicture(join(golden.folder, 'resized.png'));
  const { cropPx, stridePx } = golden;
  const features = await encoder.encodeImage(picture, 'clearclip', { cropPx, stridePx });
  await encoder.dispose();
  return features;
}

/** [queries, patches] from unit rows. */
function cosineRows(text: Float32Array, patches: Float32Array, width: number): Float32Array {
  const patchCount = patches.length / width;
  const out = new Float32Array((text.length / width) * patchCount);
  for (let index = 0; index < out.length; index++) {
    const query = Math.floor(index / patchCount) * width;
    const patch = (index % patchCount) * width;
    let sum = 0;
    for (let c = 0; c < width; c++) sum += text[query + c]! * patches[patch + c]!;
    out[index] = sum;
  }
  return out;
}

function sharedSet(name: string): GoldenSet {
  return {
    checkpoint: required(sharedFixture('checkpoints', `${name}_hf`)),
    images: required(sharedFixture(name)),
    text: required(sharedFixture('text')),
    textPrefix: `${name}_`,
  };
}

function required(path: string | null): string {
  if (path === null) throw new Error('the shared golden values are incomplete');
  return path;
}

async function readPicture(path: string): Promise<ModelInputImage> {
  const { widthPx, heightPx, data } = await readPng(path, 3);
  return { widthPx, heightPx, rgb: data, originalWidthPx: widthPx, originalHeightPx: heightPx };
}

function expectClose(actual: Float32Array, goldenFile: string): void {
  expect(maxDifference(actual, float32Of(readNpy(goldenFile)))).toBeLessThanOrEqual(TOLERANCE);
}

function maxDifference(actual: Float32Array, expected: Float32Array): number {
  expect(actual.length).toBe(expected.length);
  let largest = 0;
  for (let index = 0; index < actual.length; index++) {
    largest = Math.max(largest, Math.abs(actual[index]! - expected[index]!));
  }
  // Printed on demand, for the record of measured differences.
  if (process.env['CLEARLABEL_PRINT_DIFFERENCES'] === '1')
    process.stderr.write(`${largest.toExponential(1)}\n`);
  return largest;
}

function readTexts(path: string): string[] {
  return JSON.parse(readFileSync(path, 'utf8')) as string[];
}
