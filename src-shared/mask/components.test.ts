import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { connectedComponents, dropSpecks, fillHoles, holeAt, holeCount, partCount } from './components.ts';
import { bridgedRings, pixelEdgeRings } from './contours.ts';
import { forEachRingsRun } from './polygon.ts';
import { arbitraryGrid, arbitrarySmallGrid, maskOf, maskOfText, type Grid } from './testing/grid.ts';
import { createMask, fillRun, getPixel, maskArea, maskEquals, type TileMask } from './tile-mask.ts';

/** Labels by flood fill, 1-based in row-major order of the first pixel; 0 where the value is not `wanted`. */
function floodLabels(grid: Grid, wanted: number, connectivity: 4 | 8): Int32Array {
  const { widthPx, heightPx, pixels } = grid;
  const labels = new Int32Array(pixels.length);
  let count = 0;
  for (let start = 0; start < pixels.length; start++) {
    if (pixels[start] !== wanted || labels[start] !== 0) continue;
    labels[start] = ++count;
    const stack = [start];
    for (let i = stack.pop(); i !== undefined; i = stack.pop()) {
      for (let dy = -1; dy <= 1; dy++) {
        for (let dx = -1; dx <= 1; dx++) {
          if (connectivity === 4 && dx !== 0 && dy !== 0) continue;
          const x = (i % widthPx) + dx;
          const y = Math.floor(i / widthPx) + dy;
          if (x < 0 || y < 0 || x >= widthPx || y >= heightPx) continue;
          const j = y * widthPx + x;
          if (pixels[j] !== wanted || labels[j] !== 0) continue;
          labels[j] = count;
          stack.push(j);
        }
      }
    }
  }
  return labels;
}

const withLabel = (grid: Grid, labels: Int32Array, label: number): TileMask =>
  maskOf({ ...grid, pixels: Uint8Array.from(labels, (value) => (value === label ? 1 : 0)) });

/** Hole labels: background components (4) that do not reach the border. */
function holes(grid: Grid): { labels: Int32Array; kept: number[] } {
  const labels = floodLabels(grid, 0, 4);
  const open = new Set<number>();
  labels.forEach((label, i) => {
    const x = i % grid.widthPx;
    const y = Math.floor(i / grid.widthPx);
    if (x === 0 || y === 0 || x === grid.widthPx - 1 || y === grid.heightPx - 1) open.add(label);
  });
  return { labels, kept: [...new Set(labels)].filter((label) => label > 0 && !open.has(label)) };
}

describe('components', () => {
  it.each([4, 8] as const)('agree with flood fill (%i-connected)', (connectivity) => {
    fc.assert(
      fc.property(arbitraryGrid, (grid) => {
        const labels = floodLabels(grid, 1, connectivity);
        const parts = partCount(maskOf(grid), connectivity);
        expect(parts).toBe(labels.reduce((a, b) => Math.max(a, b), 0));
      }),
      { numRuns: 60 },
    );
    fc.assert(
      fc.property(arbitrarySmallGrid, (grid) => {
        const labels = floodLabels(grid, 1, connectivity);
        const parts = connectedComponents(maskOf(grid), connectivity);
        parts.forEach((part, i) => expect(maskEquals(part, withLabel(grid, labels, i + 1))).toBe(true));
      }),
      { numRuns: 100 },
    );
  });

  it('counts, fills and finds holes as flood fill does', () => {
    fc.assert(
      fc.property(arbitrarySmallGrid, fc.integer({ min: 0, max: 20 }), (grid, limit) => {
        const mask = maskOf(grid);
        const { labels, kept } = holes(grid);
        expect(holeCount(mask)).toBe(kept.length);
        const areaOf = (label: number): number => labels.filter((value) => value === label).length;
        const filled = (isFilled: (label: number) => boolean): TileMask =>
          maskOf({ ...grid, pixels: grid.pixels.map((p, i) => (p === 1 || isFilled(labels[i]!) ? 1 : 0)) });
        expect(
          maskEquals(
            fillHoles(mask),
            filled((label) => kept.includes(label)),
          ),
        ).toBe(true);
        const small = filled((label) => kept.includes(label) && areaOf(label) <= limit);
        expect(maskEquals(fillHoles(mask, limit), small)).toBe(true);
        labels.forEach((label, i) => {
          const hole = holeAt(mask, i % grid.widthPx, Math.floor(i / grid.widthPx));
          if (kept.includes(label)) expect(maskEquals(hole!, withLabel(grid, labels, label))).toBe(true);
          else expect(hole).toBeNull();
        });
      }),
      { numRuns: 100 },
    );
  });

  it('drops exactly the parts below the limit', () => {
    fc.assert(
      fc.property(arbitraryGrid, fc.integer({ min: 0, max: 60 }), (grid, minAreaPx) => {
        const labels = floodLabels(grid, 1, 8);
        const areas = new Map<number, number>();
        labels.forEach((label) => areas.set(label, (areas.get(label) ?? 0) + 1));
        const pixels = Uint8Array.from(labels, (l) => (l > 0 && areas.get(l)! >= minAreaPx ? 1 : 0));
        expect(maskEquals(dropSpecks(maskOf(grid), minAreaPx), maskOf({ ...grid, pixels }))).toBe(true);
      }),
      { numRuns: 40 },
    );
  });

  it('find nothing in an empty mask', () => {
    const empty = createMask(300, 300);
    expect([partCount(empty), holeCount(empty), connectedComponents(empty, 8).length]).toEqual([0, 0, 0]);
    expect(maskArea(fillHoles(empty))).toBe(0);
    expect(holeAt(empty, 5, 5)).toBeNull();
  });
});

function areaOfRing(points: readonly { x: number; y: number }[]): number {
  let twice = 0;
  points.forEach((a, i) => {
    const b = points[(i + 1) % points.length]!;
    twice += a.x * b.y - b.x * a.y;
  });
  return twice / 2;
}

describe('contours', () => {
  it('filling the pixel-edge rings gives the mask back', () => {
    fc.assert(
      fc.property(arbitraryGrid, (grid) => {
        const mask = maskOf(grid);
        const rings = pixelEdgeRings(mask);
        const filled = createMask(grid.widthPx, grid.heightPx);
        const points = rings.map((ring) => ring.points);
        forEachRingsRun(
          points,
          grid.widthPx,
          grid.heightPx,
          (y, a, b) => fillRun(filled, y, a, b),
          'evenodd',
        );
        expect(maskEquals(filled, mask)).toBe(true);
        expect(rings.filter((ring) => !ring.isHole).length).toBe(partCount(mask, 4));
        for (const ring of rings) {
          expect(areaOfRing(ring.points) < 0).toBe(ring.isHole);
          ring.points.forEach((p, i) => {
            const before = ring.points.at(i - 1)!;
            expect(Number(p.x === before.x) + Number(p.y === before.y)).toBe(1);
          });
        }
      }),
      { numRuns: 60 },
    );
  });

  it('each bridged ring has the area of its part and fills to it', () => {
    fc.assert(
      fc.property(arbitraryGrid, (grid) => {
        const mask = maskOf(grid);
        const rings = bridgedRings(mask);
        const filled = createMask(grid.widthPx, grid.heightPx);
        forEachRingsRun(rings, grid.widthPx, grid.heightPx, (y, a, b) => fillRun(filled, y, a, b), 'nonzero');
        expect(maskEquals(filled, mask)).toBe(true);
        expect(rings.reduce((sum, ring) => sum + areaOfRing(ring), 0)).toBe(maskArea(mask));
      }),
      { numRuns: 60 },
    );
    fc.assert(
      fc.property(arbitrarySmallGrid, (grid) => {
        const mask = maskOf(grid);
        const parts = connectedComponents(mask, 4);
        bridgedRings(mask).forEach((ring, i) => {
          expect(areaOfRing(ring)).toBe(maskArea(parts[i]!));
          expect(getPixel(parts[i]!, ring[0]!.x, ring[0]!.y)).toBe(true);
        });
      }),
    );
  });

  it('makes one ring of a part with a hole, and keeps an island inside a hole apart', () => {
    const mask = maskOfText('#######', '#.....#', '#.###.#', '#.#.#.#', '#.###.#', '#.....#', '#######');
    const rings = bridgedRings(mask);
    expect(rings.map(areaOfRing)).toEqual([24, 8]);
    expect(pixelEdgeRings(mask).map((ring) => ring.isHole)).toEqual([false, true, false, true]);
  });
});
