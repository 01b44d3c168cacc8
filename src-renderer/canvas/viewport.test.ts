import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  actualSize,
  centredOn,
  createViewport,
  fitImage,
  imageFromScreen,
  MAX_ZOOM,
  MIN_ZOOM,
  panBy,
  resized,
  revealBox,
  screenFromImage,
  scrollIntoView,
  visibleImageBox,
  zoomAt,
  zoomOf,
  type Viewport,
} from './viewport.ts';

const viewArb: fc.Arbitrary<Viewport> = fc
  .record({
    image: fc.tuple(fc.integer({ min: 1, max: 50_000 }), fc.integer({ min: 1, max: 50_000 })),
    screen: fc.tuple(fc.integer({ min: 50, max: 4000 }), fc.integer({ min: 50, max: 3000 })),
    dpr: fc.constantFrom(1, 1.25, 1.5, 2, 3),
  })
  .map(({ image, screen, dpr }) => fitImage(resized(createViewport(...image), ...screen, dpr)));

describe('viewport', () => {
  it('screenFromImage and imageFromScreen are inverse', () => {
    fc.assert(
      fc.property(viewArb, fc.double({ min: 0, max: 1000, noNaN: true }), (view, x) => {
        const [xScreen, yScreen] = screenFromImage(view, x, x / 2);
        const [xBack, yBack] = imageFromScreen(view, xScreen, yScreen);
        expect(Math.abs(xBack - x)).toBeLessThan(1e-6 * (1 + view.imageWidthPx));
        expect(Math.abs(yBack - x / 2)).toBeLessThan(1e-6 * (1 + view.imageHeightPx));
      }),
    );
  });

  it('keeps zoom within its limits and some of the image on screen, whatever is done', () => {
    const stepArb = fc.oneof(
      fc.tuple(fc.nat(4000), fc.nat(3000), fc.double({ min: 0.01, max: 100, noNaN: true })),
      fc.tuple(fc.integer({ min: -9999, max: 9999 }), fc.integer({ min: -9999, max: 9999 })),
    );
    fc.assert(
      fc.property(viewArb, fc.array(stepArb, { maxLength: 20 }), (start, steps) => {
        let view = start;
        for (const [a, b, factor] of steps)
          view = factor === undefined ? panBy(view, a, b) : zoomAt(view, a, b, factor);
        expect(zoomOf(view)).toBeGreaterThanOrEqual(MIN_ZOOM * 0.999);
        expect(zoomOf(view)).toBeLessThanOrEqual(MAX_ZOOM * 1.001);
        const [x0, y0, x1, y1] = visibleImageBox(view);
        expect(x1 > x0 && y1 > y0).toBe(true);
      }),
    );
  });

  it('zooms at the cursor: the image point under it stays', () => {
    const view = fitImage(resized(createViewport(6000, 4000), 1280, 720, 2));
    const before = imageFromScreen(view, 700, 300);
    const after = imageFromScreen(zoomAt(view, 700, 300, 5), 700, 300);
    expect(after[0]).toBeCloseTo(before[0], 6);
    expect(after[1]).toBeCloseTo(before[1], 6);
  });

  it('counts zoom in device pixels: 100 % is one to one on every display', () => {
    const view = actualSize(resized(createViewport(6000, 4000), 1280, 720, 2));
    expect([zoomOf(view), view.scale]).toEqual([1, 0.5]);
  });

  it('fits the whole image, small ones up to 800 %', () => {
    const large = fitImage(resized(createViewport(6000, 4000), 1280, 720, 1));
    expect(visibleImageBox(large)).toEqual([0, 0, 6000, 4000]);
    const small = fitImage(resized(createViewport(10, 10), 1280, 720, 1));
    expect(zoomOf(small)).toBe(8);
  });

  it('keeps middle and zoom when the window changes its size or moves to another display', () => {
    const view = centredOn(resized(createViewport(6000, 4000), 1280, 720, 1), 2000, 1500, 3);
    const next = resized(view, 900, 500, 2);
    expect(zoomOf(next)).toBeCloseTo(3, 9);
    const [x, y] = imageFromScreen(next, 450, 250);
    expect([x, y].map((value) => Math.round(value))).toEqual([2000, 1500]);
  });

  it('reveals a box by moving only when it is not seen whole, and never zooms in', () => {
    const view = centredOn(resized(createViewport(6000, 4000), 1000, 800, 1), 3000, 2000, 1);
    expect(revealBox(view, [2900, 1900, 100, 100])).toBe(view);
    const moved = revealBox(view, [100, 100, 50, 50]);
    expect(zoomOf(moved)).toBe(1);
    const wide = revealBox(view, [0, 0, 6000, 4000]);
    expect(zoomOf(wide)).toBeLessThan(1);
  });

  it('scrolls as little as needed', () => {
    const view = centredOn(resized(createViewport(6000, 4000), 1000, 800, 1), 3000, 2000, 1);
    expect(scrollIntoView(view, 3100, 2000, 40)).toBe(view);
    const [x] = screenFromImage(scrollIntoView(view, 3600, 2000, 40), 3600, 2000);
    expect(x).toBe(960);
  });
});
