import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { referenceMaps } from '#root/scripts/testing/reference-label-map.ts';
import { buildCosineLattice, type FeatureGeometry } from './cosine-lattice.ts';
import { labelMapOf } from './label-map.ts';
import { labelImage, UNLABELLED, type LabelRuns } from './label-runs.ts';
import { paperRules, thresholdRules } from './label-rules.ts';
import { PixelSampler } from './pixel-sampler.ts';
import { planWindows } from './windows.ts';

interface Scene {
  geometry: FeatureGeometry;
  planes: Float32Array;
  /** Class of each query, ascending. */
  queryClass: number[];
  thresholds: number[];
  scale: number;
}

const side = fc.integer({ min: 1, max: 90 });
const threshold = fc.oneof(fc.constantFrom(0, 0.5, 1), fc.double({ min: 0, max: 1, noNaN: true }));

const sceneArbitrary: fc.Arbitrary<Scene> = fc
  .record({
    resizedWidthPx: side,
    resizedHeightPx: side,
    originalWidthPx: fc.oneof(side, fc.integer({ min: 1, max: 300 })),
    originalHeightPx: fc.oneof(side, fc.integer({ min: 1, max: 300 })),
    plan: fc.constantFrom<[number, number]>([0, 1], [32, 16], [48, 24], [20, 11], [96, 96]),
    patchPx: fc.constantFrom(4, 7, 8, 16),
    synonyms: fc.array(fc.integer({ min: 1, max: 3 }), { minLength: 1, maxLength: 6 }),
    thresholds: fc.array(threshold, { minLength: 6, maxLength: 6 }),
    scale: fc.constantFrom(1, 10, 50, 100),
    /** 0 = independent patches, larger = smoother and more alike queries. */
    smoothness: fc.constantFrom(0, 0.05, 0.3),
    spread: fc.constantFrom(0.02, 0.2, 1),
    seed: fc.integer(),
  })
  .map((draw) => {
    const { resizedWidthPx, resizedHeightPx, originalWidthPx, originalHeightPx, patchPx, plan } = draw;
    const windows = planWindows(resizedWidthPx, resizedHeightPx, plan[0], plan[1], patchPx);
    const patchCount = windows.reduce((sum, window) => sum + window.gridRows * window.gridColumns, 0);
    const queryClass = draw.synonyms.flatMap((count, index) => new Array<number>(count).fill(index));
    const random = randomNumbers(draw.seed);
    const planes = Float32Array.from({ length: patchCount * queryClass.length }, (_, i) => {
      const patch = i % patchCount;
      const query = Math.floor(i / patchCount);
      const wave = Math.sin(patch * draw.smoothness + query * 2.4);
      return draw.spread * (draw.smoothness === 0 ? random() * 2 - 1 : wave * (1 - random() * 0.2));
    });
    return {
      geometry: {
        resizedWidthPx,
        resizedHeightPx,
        originalWidthPx,
        originalHeightPx,
        cropPx: plan[0],
        windows,
      },
      planes,
      queryClass,
      thresholds: draw.thresholds,
      scale: draw.scale,
    };
  });

function randomNumbers(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

function expectWellFormed(runs: LabelRuns): void {
  for (let y = 0; y < runs.heightPx; y++) {
    let end = 0;
    for (let run = runs.rowStart[y]!; run < runs.rowStart[y + 1]!; run++) {
      expect(runs.ends[run]).toBeGreaterThan(end);
      if (end > 0) expect(runs.labels[run]).not.toBe(runs.labels[run - 1]);
      end = runs.ends[run]!;
    }
    expect(end).toBe(runs.widthPx);
  }
}

/** Compares with the step-by-step maps wherever neither the winner nor the threshold is a matter of rounding. */
function expectLabels(
  scene: Scene,
  labelOf: (winnerClass: number, probability: number) => number,
  thresholdOf: (winnerClass: number) => number,
  runs: LabelRuns,
): void {
  const queryCount = scene.queryClass.length;
  const reference = referenceMaps(scene.geometry, scene.planes, queryCount, scene.scale);
  const labels = labelImage(runs);
  labels.forEach((label, pixel) => {
    const winner = scene.queryClass[reference.winner[pixel]!]!;
    const probability = reference.probability[pixel]!;
    const isClose =
      reference.lead[pixel]! < 1e-9 || Math.abs(probability - thresholdOf(winner)) < 1e-9 * probability;
    if (!isClose && label !== labelOf(winner, probability)) {
      expect({ pixel, label, winner, probability }).toEqual({ label: labelOf(winner, probability) });
    }
  });
}

describe('labelMapOf', () => {
  it('equals the protocol step by step, thresholds per class', () => {
    fc.assert(
      fc.property(sceneArbitrary, (scene) => {
        const { queryClass, thresholds, scale } = scene;
        const lattice = buildCosineLattice(scene.geometry, scene.planes, queryClass.length);
        const runs = labelMapOf(lattice, thresholdRules(queryClass, thresholds, scale));
        expectWellFormed(runs);
        const labelOf = (winner: number, probability: number): number =>
          probability < thresholds[winner]! ? UNLABELLED : winner;
        expectLabels(scene, labelOf, (winner) => thresholds[winner]!, runs);
      }),
      { numRuns: 300 },
    );
  });

  it('equals the protocol step by step, one threshold and class 0 below', () => {
    fc.assert(
      fc.property(sceneArbitrary, (scene) => {
        const limit = scene.thresholds[0]!;
        const lattice = buildCosineLattice(scene.geometry, scene.planes, scene.queryClass.length);
        const runs = labelMapOf(lattice, paperRules(scene.queryClass, limit, scene.scale));
        expectWellFormed(runs);
        const labelOf = (winner: number, probability: number): number => (probability < limit ? 0 : winner);
        expectLabels(scene, labelOf, () => limit, runs);
      }),
      { numRuns: 300 },
    );
  });

  it('gives the first of two equal queries the pixel', () => {
    const windows = planWindows(32, 32, 0, 1, 16);
    const geometry = {
      resizedWidthPx: 32,
      resizedHeightPx: 32,
      originalWidthPx: 50,
      originalHeightPx: 50,
      cropPx: 0,
      windows,
    };
    const planes = Float32Array.from([0.1, 0.2, 0.3, 0.4, 0.1, 0.2, 0.3, 0.4]);
    const runs = labelMapOf(buildCosineLattice(geometry, planes, 2), thresholdRules([0, 1], [0, 0], 50));
    expect(new Set(runs.labels)).toEqual(new Set([0]));
  });

  it('refuses scales at which the exponentials would overflow, and rules that do not fit', () => {
    expect(() => thresholdRules([0], [0], 1000)).toThrow(RangeError);
    expect(() => thresholdRules([0], [0], NaN)).toThrow(RangeError);
  });
});

describe('PixelSampler', () => {
  it('gives the cosines and probabilities of the protocol', () => {
    fc.assert(
      fc.property(sceneArbitrary, (scene) => {
        const queryCount = scene.queryClass.length;
        const reference = referenceMaps(scene.geometry, scene.planes, queryCount, scene.scale);
        const lattice = buildCosineLattice(scene.geometry, scene.planes, queryCount);
        const sampler = new PixelSampler(lattice, scene.scale);
        let error = 0;
        for (let pixel = 0; pixel < reference.winner.length; pixel += 7) {
          const x = pixel % lattice.widthPx;
          const y = Math.floor(pixel / lattice.widthPx);
          sampler.cosinesAt(x, y).forEach((cosine, query) => {
            error = Math.max(error, Math.abs(cosine - reference.cosines[query]![pixel]!));
          });
          error = Math.max(
            error,
            Math.abs(sampler.winnerAt(x, y).probability - reference.probability[pixel]!),
          );
        }
        expect(error).toBeLessThan(1e-10);
      }),
    );
  });
});
