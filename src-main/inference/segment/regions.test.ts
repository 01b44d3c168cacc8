import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeTile, encodeTile } from '#shared/mask/tile-codec.ts';
import { createMask, getPixel, maskArea, maskBox } from '#shared/mask/tile-mask.ts';
import type { QueryClass, SegmentedRegion } from '#main/workers/messages.ts';
import { buildCosineLattice } from './cosine-lattice.ts';
import { labelComponents, NO_COMPONENT } from './label-components.ts';
import { labelMapOf } from './label-map.ts';
import { labelImage, RunWriter, UNLABELLED, type LabelRuns } from './label-runs.ts';
import { thresholdRules } from './label-rules.ts';
import { PixelSampler } from './pixel-sampler.ts';
import { regionsOf } from './regions.ts';

interface Picture {
  widthPx: number;
  heightPx: number;
  labels: number[];
}

const pictures: fc.Arbitrary<Picture> = fc
  .record({ widthPx: fc.integer({ min: 1, max: 24 }), heightPx: fc.integer({ min: 1, max: 24 }) })
  .chain(({ widthPx, heightPx }) =>
    fc
      .array(fc.constantFrom(0, 0, 1, 2, UNLABELLED), {
        minLength: widthPx * heightPx,
        maxLength: widthPx * heightPx,
      })
      .map((labels) => ({ widthPx, heightPx, labels })),
  );

function runsOf({ widthPx, heightPx, labels }: Picture): LabelRuns {
  const writer = new RunWriter(widthPx, heightPx);
  for (let y = 0; y < heightPx; y++) {
    for (let x = 0; x < widthPx; x++) writer.append(labels[y * widthPx + x]!, x + 1);
    writer.endRow();
  }
  return writer.finish();
}

/** Component number of every pixel by flood fill over eight neighbours, numbered in reading order. */
function floodFill({ widthPx, heightPx, labels }: Picture): number[] {
  const component = new Array<number>(labels.length).fill(NO_COMPONENT);
  let count = 0;
  labels.forEach((label, start) => {
    if (label === UNLABELLED || component[start] !== NO_COMPONENT) return;
    const open = [start];
    component[start] = count;
    for (let at = open.pop(); at !== undefined; at = open.pop()) {
      for (const [dx, dy] of neighbours) {
        const x = (at % widthPx) + dx;
        const y = Math.floor(at / widthPx) + dy;
        const next = y * widthPx + x;
        if (x < 0 || y < 0 || x >= widthPx || y >= heightPx) continue;
        if (labels[next] !== label || component[next] !== NO_COMPONENT) continue;
        component[next] = count;
        open.push(next);
      }
    }
    count++;
  });
  return component;
}

const neighbours = [-1, 0, 1].flatMap((dx) => [-1, 0, 1].map((dy) => [dx, dy] as const));

describe('labelComponents', () => {
  it('equals a flood fill', () => {
    fc.assert(
      fc.property(pictures, (picture) => {
        const runs = runsOf(picture);
        const components = labelComponents(runs);
        const expected = floodFill(picture);
        const areas = new Array<number>(components.count).fill(0);
        let run = 0;
        expected.forEach((component, pixel) => {
          const x = pixel % picture.widthPx;
          if (x === 0) run = runs.rowStart[Math.floor(pixel / picture.widthPx)]!;
          else if (x === runs.ends[run]) run++;
          expect(components.ofRun[run]).toBe(component);
          if (component === NO_COMPONENT) return;
          areas[component]!++;
          expect(components.labels[component]).toBe(picture.labels[pixel]);
          expect(components.left[component]).toBeLessThanOrEqual(x);
          expect(components.right[component]).toBeGreaterThan(x);
        });
        expect([...components.areaPx]).toEqual(areas);
      }),
    );
  });
});

/** Cosines of three classes on a small grid, enlarged to a picture that spans several tiles. */
function scene(seed: number): { runs: LabelRuns; sampler: PixelSampler } {
  const windows = [
    {
      x0: 0,
      y0: 0,
      x1: 96,
      y1: 64,
      padLeft: 0,
      padTop: 0,
      padRight: 0,
      padBottom: 0,
      gridRows: 4,
      gridColumns: 6,
    },
  ];
  const sizes = { resizedWidthPx: 96, resizedHeightPx: 64, originalWidthPx: 601, originalHeightPx: 390 };
  const planes = Float32Array.from({ length: 72 }, (_, i) => Math.sin((i + seed) * 12.9898) * 0.1);
  const lattice = buildCosineLattice({ ...sizes, cropPx: 96, windows }, planes, 3);
  const runs = labelMapOf(lattice, thresholdRules([0, 1, 1], [0.4, 0.5], 50));
  return { runs, sampler: new PixelSampler(lattice, 50) };
}

const classes: QueryClass[] = [
  { categoryId: 11, queryCount: 1, threshold: 0.4, kind: 'thing' },
  { categoryId: 22, queryCount: 2, threshold: 0.5, kind: 'stuff' },
];

function maskOf(region: SegmentedRegion, widthPx: number, heightPx: number): ReturnType<typeof createMask> {
  const mask = createMask(widthPx, heightPx);
  for (const { tileKey, runs } of region.tiles) mask.tiles.set(tileKey, decodeTile(runs));
  return mask;
}

describe('regionsOf', () => {
  it('covers exactly the labelled pixels of components that are large enough', () => {
    fc.assert(
      fc.property(fc.nat(10_000), fc.constantFrom(1, 300, 5000), (seed, minAreaPx) => {
        const { runs, sampler } = scene(seed);
        const regions = regionsOf(runs, classes, [0, 1, 1], sampler, minAreaPx);
        const labels = labelImage(runs);
        const components = floodFill({ ...runs, labels: [...labels] });
        const areas = new Map<number, number>();
        for (const component of components) areas.set(component, (areas.get(component) ?? 0) + 1);
        const masks = regions.map((region) => maskOf(region, runs.widthPx, runs.heightPx));
        let wrong = 0;
        labels.forEach((label, pixel) => {
          const isKept = label !== UNLABELLED && areas.get(components[pixel]!)! >= minAreaPx;
          const x = pixel % runs.widthPx;
          const y = Math.floor(pixel / runs.widthPx);
          const owners = regions
            .filter((_, i) => getPixel(masks[i]!, x, y))
            .map((region) => region.categoryId);
          const expected = isKept ? [classes[label]!.categoryId] : [];
          if (owners.join() !== expected.join()) wrong++;
        });
        expect(wrong).toBe(0);
        regions.forEach((region, i) => {
          expect(region.areaPx).toBe(maskArea(masks[i]!));
          expect(region.box).toEqual(maskBox(masks[i]!));
          expect(region.score).toBeGreaterThanOrEqual(region.categoryId === 11 ? 0.4 : 0.5);
          expect(region.score).toBeLessThanOrEqual(1);
          expect(region.categoryId === 11 ? [0] : [1, 2]).toContain(region.queryIndex);
          for (const tile of region.tiles) expect(encodeTile(decodeTile(tile.runs))).toEqual(tile.runs);
        });
        expect(regions.filter((region) => region.categoryId === 22).length).toBeLessThanOrEqual(1);
      }),
      { numRuns: 25 },
    );
  });

  it('writes full tiles and the last column and row of a picture', () => {
    const runs = runsOf({ widthPx: 520, heightPx: 300, labels: new Array<number>(520 * 300).fill(0) });
    const { sampler } = scene(1);
    const [region, ...others] = regionsOf(runs, classes, [0, 1, 1], sampler, 1);
    expect(others).toEqual([]);
    expect(region?.areaPx).toBe(520 * 300);
    expect(region?.box).toEqual([0, 0, 520, 300]);
    expect(region?.tiles.map((tile) => tile.tileKey)).toEqual([0, 1, 2, 3, 4, 5]);
    for (const tile of region!.tiles) expect(encodeTile(decodeTile(tile.runs))).toEqual(tile.runs);
  });
});
