// The stored window cosines of the methods' authors' own program → cosines, probabilities and labels.

import { expect, it } from 'vitest';
import { describeWithShared } from '#root/scripts/testing/fixtures.ts';
import { readPng } from '#root/scripts/testing/png.ts';
import {
  readSharedCase,
  readSubSampled,
  readWindowCosines,
  SHARED_CASES,
  thresholdPicture,
  type ProtocolCase,
} from '#root/scripts/testing/protocol-case.ts';
import { buildCosineLattice, type CosineLattice, type FeatureGeometry } from './cosine-lattice.ts';
import { labelMapOf } from './label-map.ts';
import { labelImage } from './label-runs.ts';
import { paperRules } from './label-rules.ts';
import { PixelSampler } from './pixel-sampler.ts';

function geometryOf(golden: ProtocolCase): FeatureGeometry {
  const { resizedWidthPx, resizedHeightPx, originalWidthPx, originalHeightPx, cropPx, windows } = golden;
  return { resizedWidthPx, resizedHeightPx, originalWidthPx, originalHeightPx, cropPx, windows };
}

function planesOf(golden: ProtocolCase): Float32Array {
  const windows = readWindowCosines(golden);
  const queryCount = golden.queryClass.length;
  const planes: number[] = [];
  for (let query = 0; query < queryCount; query++) {
    for (const window of windows) {
      const patches = window.length / queryCount;
      planes.push(...window.subarray(query * patches, (query + 1) * patches));
    }
  }
  return Float32Array.from(planes);
}

function latticeOf(golden: ProtocolCase): CosineLattice {
  return buildCosineLattice(geometryOf(golden), planesOf(golden), golden.queryClass.length);
}

/** Largest difference between the lattice's cosines at every k-th pixel and stored ones. */
function cosineError(lattice: CosineLattice, stored: Float32Array, step: number): number {
  const sampler = new PixelSampler(lattice, 50);
  const columns = Math.ceil(lattice.widthPx / step);
  const rows = Math.ceil(lattice.heightPx / step);
  expect(stored.length).toBe(columns * rows * lattice.queryCount);
  let error = 0;
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      sampler.cosinesAt(column * step, row * step).forEach((cosine, query) => {
        error = Math.max(error, Math.abs(cosine - stored[(query * rows + row) * columns + column]!));
      });
    }
  }
  return error;
}

describeWithShared('label map, shared golden values', () => {
  it.each(SHARED_CASES)('%s: averages and cosines at the original size', (name) => {
    const golden = readSharedCase(name);
    const averages = readSubSampled(golden, 'average_cosine');
    if (golden.cropPx > 0) {
      const { resizedWidthPx, resizedHeightPx } = golden;
      const unscaled = { ...golden, originalWidthPx: resizedWidthPx, originalHeightPx: resizedHeightPx };
      expect(cosineError(latticeOf(unscaled), averages!, golden.subSample)).toBeLessThan(2e-5);
    }
    const atOriginal = readSubSampled(golden, 'cosine_original_size')!;
    expect(cosineError(latticeOf(golden), atOriginal, golden.subSample)).toBeLessThan(2e-5);
  });

  it.each(SHARED_CASES)('%s: the largest probability of every pixel', (name) => {
    const golden = readSharedCase(name);
    const sampler = new PixelSampler(latticeOf(golden), golden.logitScale);
    const stored = readSubSampled(golden, 'max_probability')!;
    let error = 0;
    for (let y = 0; y < golden.originalHeightPx; y++) {
      for (let x = 0; x < golden.originalWidthPx; x++) {
        const { probability } = sampler.winnerAt(x, y);
        error = Math.max(error, Math.abs(probability - stored[y * golden.originalWidthPx + x]!));
      }
    }
    expect(error).toBeLessThan(5e-4);
  });

  it.each(SHARED_CASES)('%s: probabilities of the classes', (name) => {
    const golden = readSharedCase(name);
    const sampler = new PixelSampler(latticeOf(golden), golden.logitScale);
    const stored = readSubSampled(golden, 'class_probability')!;
    const step = golden.subSample;
    const columns = Math.ceil(golden.originalWidthPx / step);
    const rows = Math.ceil(golden.originalHeightPx / step);
    let error = 0;
    for (let row = 0; row < rows; row++) {
      for (let column = 0; column < columns; column++) {
        const exponentials = [...sampler.cosinesAt(column * step, row * step)].map((cosine) =>
          Math.exp(golden.logitScale * cosine),
        );
        const sum = exponentials.reduce((a, b) => a + b, 0);
        const classes = new Array<number>(golden.classCount).fill(0);
        golden.queryClass.forEach((index, query) => {
          classes[index] = Math.max(classes[index]!, exponentials[query]! / sum);
        });
        classes.forEach((probability, index) => {
          error = Math.max(error, Math.abs(probability - stored[(index * rows + row) * columns + column]!));
        });
      }
    }
    expect(error).toBeLessThan(1e-4);
  });

  it.each(SHARED_CASES)('%s: labels at every threshold, outside the unsure pixels', async (name) => {
    const golden = readSharedCase(name);
    const lattice = latticeOf(golden);
    for (const threshold of golden.thresholds) {
      const labels = labelImage(
        labelMapOf(lattice, paperRules(golden.queryClass, threshold, golden.logitScale)),
      );
      const expected = await readPng(thresholdPicture(golden, 'labels', threshold), 1);
      const unsure = await readPng(thresholdPicture(golden, 'unsure', threshold), 1);
      const different = labels.filter((label, i) => unsure.data[i] === 0 && label !== expected.data[i]);
      expect(different.length, `threshold ${threshold}`).toBe(0);
    }
  });
});
