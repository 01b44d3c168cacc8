import { mkdtemp, readdir, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { DenseFeatures } from '#main/workers/messages.ts';
import {
  decodeFeatures,
  encodeFeatures,
  readFeatureFile,
  readFeatureOrigin,
  writeFeatureFile,
  type FeatureOrigin,
} from './feature-file.ts';
import { planWindows } from './windows.ts';

const origin: FeatureOrigin = {
  modelId: 'sha-1234',
  method: 'clearclip',
  sourceSizeBytes: 123_456,
  sourceModifiedMs: 1_700_000_000_123.25,
};

function someFeatures(embeddingSize = 3): DenseFeatures {
  const windows = planWindows(50, 32, 32, 16, 16);
  const patches = windows.reduce((sum, window) => sum + window.gridRows * window.gridColumns, 0);
  return {
    embeddingSize,
    resizedWidthPx: 50,
    resizedHeightPx: 32,
    originalWidthPx: 500,
    originalHeightPx: 320,
    cropPx: 32,
    windows,
    values: Float32Array.from({ length: patches * embeddingSize }, (_, i) => Math.sin(i)),
  };
}

describe('feature file', () => {
  let folder: string;
  let path: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'features-'));
    path = join(folder, '1.feat');
  });
  afterEach(() => rm(folder, { recursive: true }));

  it('comes back as written, values to half precision', async () => {
    const features = someFeatures();
    await writeFeatureFile(path, features, origin);
    const stored = await readFeatureFile(path);
    expect(stored?.origin).toEqual(origin);
    expect({ ...stored?.features, values: null }).toEqual({ ...features, values: null });
    stored!.features.values.forEach((value, i) => {
      expect(Math.abs(value - features.values[i]!)).toBeLessThanOrEqual(Math.abs(features.values[i]!) / 2048);
    });
    expect(await readFeatureOrigin(path)).toEqual(origin);
    expect(await readdir(folder)).toEqual(['1.feat']);
  });

  it('replaces an older file and leaves no temporary one when it cannot write', async () => {
    await writeFeatureFile(path, someFeatures(), { ...origin, method: 'clip' });
    await writeFeatureFile(path, someFeatures(), origin);
    expect((await readFeatureOrigin(path))?.method).toBe('clearclip');
    await expect(writeFeatureFile(join(folder, 'no', 'x.feat'), someFeatures(), origin)).rejects.toThrow();
    expect(await readdir(folder)).toEqual(['1.feat']);
  });

  it('counts a missing, empty, foreign or cut file as absent', async () => {
    expect(await readFeatureFile(path)).toBeNull();
    expect(await readFeatureOrigin(path)).toBeNull();
    await writeFile(path, '');
    expect(await readFeatureFile(path)).toBeNull();
    await writeFile(path, 'not a feature file at all, but long enough for a header');
    expect(await readFeatureFile(path)).toBeNull();
    await writeFeatureFile(path, someFeatures(), origin);
    const { length } = await readFile(path);
    for (const kept of [3, 12, 40, length - 2, length - 1]) {
      await writeFeatureFile(path, someFeatures(), origin);
      await truncate(path, kept);
      expect(await readFeatureFile(path)).toBeNull();
      expect(await readFeatureOrigin(path)).toBeNull();
    }
  });

  it('notices any changed byte', () => {
    const bytes = encodeFeatures(someFeatures(), origin);
    fc.assert(
      fc.property(fc.nat(bytes.length - 1), fc.integer({ min: 1, max: 255 }), (at, flip) => {
        const damaged = Buffer.from(bytes);
        damaged[at]! ^= flip;
        expect(decodeFeatures(damaged)).toBeNull();
      }),
    );
  });

  it('refuses well-formed files whose sizes contradict each other, and values that are no numbers', () => {
    const good = someFeatures();
    const [first, ...others] = good.windows;
    const bad: DenseFeatures[] = [
      { ...good, resizedWidthPx: 40 },
      { ...good, cropPx: 0 },
      { ...good, windows: [{ ...first!, padLeft: 5 }, ...others] },
      { ...good, originalWidthPx: 0 },
      { ...good, embeddingSize: -3, values: new Float32Array(0) },
      { ...good, values: good.values.map(() => NaN) },
    ];
    for (const features of bad) {
      let bytes: Buffer;
      try {
        bytes = encodeFeatures(features, origin);
      } catch {
        continue;
      }
      expect(decodeFeatures(bytes)).toBeNull();
    }
    expect(() => encodeFeatures({ ...good, values: new Float32Array(2) }, origin)).toThrow(RangeError);
  });
});
