import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Point } from '../geometry/point.ts';
import { forEachCapsuleRun } from './capsule.ts';
import { forEachPolygonRun, forEachRingsRun, type FillRule } from './polygon.ts';
import { gridOf, maskOfText } from './testing/grid.ts';
import { createMask, fillRun, maskArea, maskEquals, type TileMask } from './tile-mask.ts';

const size = fc.record({
  widthPx: fc.integer({ min: 1, max: 40 }),
  heightPx: fc.integer({ min: 1, max: 40 }),
});
// Quarters hit pixel centres and edges; the others do not.
const coordinate = fc.oneof(
  fc.integer({ min: -40, max: 200 }).map((value) => value / 4),
  fc.double({ min: -10, max: 50, noNaN: true }),
);
const point = fc.record({ x: coordinate, y: coordinate });

function draw(widthPx: number, heightPx: number, emitInto: (mask: TileMask) => void): TileMask {
  const mask = createMask(widthPx, heightPx);
  emitInto(mask);
  return mask;
}

function capsule(from: Point, to: Point, radius: number, widthPx: number, heightPx: number): TileMask {
  return draw(widthPx, heightPx, (mask) => {
    let lastRow = -1;
    let isOrderly = true;
    forEachCapsuleRun(from, to, radius, widthPx, heightPx, (y, x0, x1) => {
      isOrderly &&= y > lastRow && 0 <= x0 && x0 < x1 && x1 <= widthPx && y < heightPx;
      lastRow = y;
      fillRun(mask, y, x0, x1);
    });
    expect(isOrderly).toBe(true);
  });
}

function distanceToSegment(p: Point, a: Point, b: Point): number {
  const lengthSquared = (b.x - a.x) ** 2 + (b.y - a.y) ** 2;
  const t = lengthSquared === 0 ? 0 : ((p.x - a.x) * (b.x - a.x) + (p.y - a.y) * (b.y - a.y)) / lengthSquared;
  const u = Math.min(1, Math.max(0, t));
  return Math.hypot(p.x - a.x - u * (b.x - a.x), p.y - a.y - u * (b.y - a.y));
}

describe('capsule', () => {
  it('holds exactly the pixels whose centre is within the radius', () => {
    const radius = fc.oneof(
      fc.integer({ min: 2, max: 60 }).map((value) => value / 2),
      fc.double({ min: 0.75, max: 30, noNaN: true }),
    );
    fc.assert(
      fc.property(size, point, point, radius, ({ widthPx, heightPx }, from, to, r) => {
        const { pixels } = gridOf(capsule(from, to, r, widthPx, heightPx));
        const wrong: number[] = [];
        pixels.forEach((value, i) => {
          const centre = { x: (i % widthPx) + 0.5, y: Math.floor(i / widthPx) + 0.5 };
          const distance = distanceToSegment(centre, from, to);
          // On the rim itself rounding decides; everything else is certain.
          if (Math.abs(distance - r) > 1e-7 && value !== (distance < r ? 1 : 0)) wrong.push(i);
        });
        expect(wrong).toEqual([]);
      }),
      { numRuns: 300 },
    );
  });

  it('keeps the rim: a disc around a pixel centre is symmetric', () => {
    const centre = { x: 20.5, y: 20.5 };
    const { pixels } = gridOf(capsule(centre, centre, 5, 41, 41));
    for (const [dx, dy] of [
      [5, 0],
      [0, 5],
      [3, 4],
      [4, 3],
    ] as const) {
      for (const sx of [-1, 1])
        for (const sy of [-1, 1]) {
          expect(pixels[(20 + sy * dy) * 41 + 20 + sx * dx]).toBe(1);
        }
    }
  });

  it('draws a single pixel at radius 0.5, wherever in the pixel the pointer is', () => {
    fc.assert(
      fc.property(
        fc.double({ min: 0, max: 9.99, noNaN: true }),
        fc.double({ min: 0, max: 9.99, noNaN: true }),
        (x, y) => {
          const mask = capsule({ x, y }, { x, y }, 0.5, 10, 10);
          expect(maskArea(mask)).toBe(1);
          expect(gridOf(mask).pixels[Math.floor(y) * 10 + Math.floor(x)]).toBe(1);
        },
      ),
    );
  });

  it('draws thin lines without gaps', () => {
    fc.assert(
      fc.property(point, point, (from, to) => {
        const { pixels } = gridOf(
          capsule({ x: from.x + 15, y: from.y + 15 }, { x: to.x + 15, y: to.y + 15 }, 0.5, 90, 90),
        );
        const isWide =
          Math.abs(Math.floor(to.x) - Math.floor(from.x)) >= Math.abs(Math.floor(to.y) - Math.floor(from.y));
        const [a, b] = isWide ? [from.x, to.x] : [from.y, to.y];
        for (let i = Math.floor(Math.min(a, b) + 15); i <= Math.floor(Math.max(a, b) + 15); i++) {
          let found = false;
          for (let j = 0; j < 90; j++) found ||= pixels[isWide ? j * 90 + i : i * 90 + j] === 1;
          expect(found).toBe(true);
        }
      }),
    );
  });

  it.each([1e-13, 1e-100, 1e-160, 1e-162, 5e-324])('takes points %d apart for one', (difference) => {
    const centre = { x: 20.5, y: 20.5 };
    const disc = capsule(centre, centre, 5, 41, 41);
    for (const to of [
      { x: 20.5, y: difference },
      { x: difference, y: 20.5 },
    ]) {
      const from = { x: to.x === 20.5 ? 20.5 : 0, y: to.y === 20.5 ? 20.5 : 0 };
      const single = capsule(from, from, 5, 41, 41);
      expect(maskEquals(capsule(from, to, 5, 41, 41), single)).toBe(true);
    }
    expect(maskArea(disc)).toBe(81);
  });

  it('draws nothing for numbers that are not finite', () => {
    expect(maskArea(capsule({ x: NaN, y: 1 }, { x: 2, y: 2 }, 3, 10, 10))).toBe(0);
    expect(maskArea(capsule({ x: 1, y: 1 }, { x: Infinity, y: 2 }, 3, 10, 10))).toBe(0);
  });
});

function isInside(rings: readonly (readonly Point[])[], x: number, y: number, rule: FillRule): boolean {
  let winding = 0;
  let crossings = 0;
  for (const ring of rings) {
    ring.forEach((a, i) => {
      const b = ring[(i + 1) % ring.length]!;
      if (a.y <= y === b.y <= y) return;
      const [upper, lower] = a.y < b.y ? [a, b] : [b, a];
      const cross = upper.x + (y - upper.y) * ((lower.x - upper.x) / (lower.y - upper.y));
      if (cross > x) return;
      winding += a.y < b.y ? 1 : -1;
      crossings++;
    });
  }
  return rule === 'nonzero' ? winding !== 0 : crossings % 2 === 1;
}

describe('polygons', () => {
  it.each(['nonzero', 'evenodd'] as const)('hold the pixels whose centre is inside (%s)', (rule) => {
    const rings = fc.array(fc.array(point, { maxLength: 9 }), { maxLength: 3 });
    fc.assert(
      fc.property(size, rings, ({ widthPx, heightPx }, shapes) => {
        const mask = draw(widthPx, heightPx, (target) => {
          forEachRingsRun(shapes, widthPx, heightPx, (y, x0, x1) => fillRun(target, y, x0, x1), rule);
        });
        const real = shapes.filter((ring) => ring.length >= 3);
        const expected = gridOf(mask).pixels.map((_, i) =>
          isInside(real, (i % widthPx) + 0.5, Math.floor(i / widthPx) + 0.5, rule) ? 1 : 0,
        );
        expect(gridOf(mask).pixels).toEqual(expected);
      }),
      { numRuns: 300 },
    );
  });

  it('neither overlap nor leave a gap along a shared edge', () => {
    fc.assert(
      fc.property(point, point, point, point, (a, b, c, d) => {
        // A quadrilateral cut along a diagonal, with even-odd: each centre is in one half or the other.
        const areaOf = (ring: Point[]): TileMask =>
          draw(50, 50, (mask) =>
            forEachPolygonRun(ring, 50, 50, (y, x0, x1) => fillRun(mask, y, x0, x1), 'evenodd'),
          );
        const halves = [gridOf(areaOf([a, b, c])).pixels, gridOf(areaOf([a, c, d])).pixels];
        const whole = gridOf(areaOf([a, b, c, d])).pixels;
        expect(halves[0]!.map((value, i) => value ^ halves[1]![i]!)).toEqual(whole);
      }),
    );
  });

  it('cover nothing when they are degenerate', () => {
    const degenerate: Point[][] = [
      [],
      [{ x: 1, y: 1 }],
      [
        { x: 0, y: 0 },
        { x: 9, y: 9 },
      ],
      [
        { x: 0, y: 0 },
        { x: 9, y: 9 },
        { x: 4, y: 4 },
      ],
      [
        { x: 1.5, y: 0 },
        { x: 1.5, y: 9 },
        { x: 1.5, y: 4 },
      ],
      [
        { x: 0, y: 0 },
        { x: NaN, y: 9 },
        { x: 4, y: 0 },
      ],
    ];
    for (const ring of degenerate) {
      const mask = draw(10, 10, (target) =>
        forEachPolygonRun(ring, 10, 10, (y, x0, x1) => fillRun(target, y, x0, x1)),
      );
      expect(maskArea(mask)).toBe(0);
    }
  });

  it('take points on pixel centres and corners by the same rule', () => {
    const corners = draw(5, 4, (mask) =>
      forEachPolygonRun(
        [
          { x: 1, y: 1 },
          { x: 4, y: 1 },
          { x: 4, y: 3 },
          { x: 1, y: 3 },
        ],
        5,
        4,
        (y, a, b) => fillRun(mask, y, a, b),
      ),
    );
    expect(maskEquals(corners, maskOfText('.....', '.###.', '.###.', '.....'))).toBe(true);
    const centres = draw(5, 4, (mask) =>
      forEachPolygonRun(
        [
          { x: 1.5, y: 1.5 },
          { x: 3.5, y: 1.5 },
          { x: 3.5, y: 3.5 },
          { x: 1.5, y: 3.5 },
        ],
        5,
        4,
        (y, a, b) => fillRun(mask, y, a, b),
      ),
    );
    expect(maskEquals(centres, maskOfText('.....', '.##..', '.##..', '.....'))).toBe(true);
  });

  it('ignore the part outside the image, however far', () => {
    const mask = draw(10, 10, (target) =>
      forEachPolygonRun(
        [
          { x: -1e9, y: -1e9 },
          { x: 1e9, y: -1e9 },
          { x: 1e9, y: 1e9 },
          { x: -1e9, y: 1e9 },
        ],
        10,
        10,
        (y, a, b) => fillRun(target, y, a, b),
      ),
    );
    expect(maskArea(mask)).toBe(100);
  });
});
