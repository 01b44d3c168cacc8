// Label tiles against the plain definition: the topmost drawing at every sampled pixel.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { clearRun, createMask, fillRun, getPixel, TILE_SIZE } from '#shared/mask/tile-mask.ts';
import {
  compositeLabels,
  SELECTED_BIT,
  widenToWords,
  type MaskDrawing,
  type TexelRect,
} from './label-composite.ts';
import { LabelTileCache, type ImageBounds } from './label-tile-cache.ts';

const WIDTH_PX = 700;
const HEIGHT_PX = 530;

function labelAt(drawings: readonly MaskDrawing[], x: number, y: number): number {
  let label = 0;
  let selected = 0;
  for (const { mask, slot, isSelected } of drawings) {
    if (!getPixel(mask, x, y)) continue;
    label = slot;
    if (isSelected) selected = SELECTED_BIT;
  }
  return label | selected;
}

function expectedTexel(drawings: readonly MaskDrawing[], level: number, u: number, v: number): number {
  const half = (1 << level) >> 1;
  return labelAt(drawings, (u << level) + half, (v << level) + half);
}

const rectArb = fc.tuple(fc.nat(WIDTH_PX - 1), fc.nat(HEIGHT_PX - 1), fc.nat(300), fc.nat(300));

const drawingsArb = fc
  .array(fc.record({ rects: fc.array(rectArb, { minLength: 1, maxLength: 3 }), isSelected: fc.boolean() }), {
    maxLength: 5,
  })
  .map((list) =>
    list.map(({ rects, isSelected }, index): MaskDrawing => {
      const mask = createMask(WIDTH_PX, HEIGHT_PX);
      for (const [x, y, width, height] of rects) {
        for (let row = y; row < y + height; row++) fillRun(mask, row, x + (row % 5), x + width);
      }
      return { mask, slot: index + 1, isSelected };
    }),
  );

describe('compositeLabels', () => {
  it('is the topmost drawing at every texel of every level', () => {
    fc.assert(
      fc.property(drawingsArb, fc.nat(3), fc.nat(1), fc.nat(1), (drawings, level, tileX, tileY) => {
        const texels = new Uint16Array(TILE_SIZE * TILE_SIZE).fill(77);
        const whole = { x0: 0, y0: 0, x1: TILE_SIZE, y1: TILE_SIZE };
        compositeLabels(texels, { level, tileX, tileY }, whole, drawings);
        for (let i = 0; i < 500; i++) {
          const u = (i * 7919) % TILE_SIZE;
          const v = (i * 104_729) % TILE_SIZE;
          const expected = expectedTexel(drawings, level, tileX * TILE_SIZE + u, tileY * TILE_SIZE + v);
          expect(texels[v * TILE_SIZE + u]).toBe(expected);
        }
      }),
      { numRuns: 60 },
    );
  });

  it('touches nothing outside the rectangle', () => {
    const texels = new Uint16Array(TILE_SIZE * TILE_SIZE).fill(77);
    const rect = { x0: 40, y0: 10, x1: 70, y1: 12 };
    compositeLabels(texels, { level: 0, tileX: 0, tileY: 0 }, rect, []);
    const cleared = [...texels.keys()].filter((index) => texels[index] === 0);
    const wide = widenToWords(rect);
    expect(wide).toEqual({ x0: 32, y0: 10, x1: 96, y1: 12 });
    expect(cleared).toHaveLength(2 * 64);
  });
});

/** A texture array in memory. */
class FakeTexture {
  readonly layers = new Map<number, Uint16Array>();
  uploads = 0;

  upload = (layer: number, rect: TexelRect, texels: Uint16Array): void => {
    this.uploads++;
    const target = this.layers.get(layer) ?? new Uint16Array(TILE_SIZE * TILE_SIZE);
    for (let y = rect.y0; y < rect.y1; y++) {
      const row = y * TILE_SIZE;
      target.set(texels.subarray(row + rect.x0, row + rect.x1), row + rect.x0);
    }
    this.layers.set(layer, target);
  };

  /** What the shader reads. */
  texelAt(cache: LabelTileCache, level: number, u: number, v: number): number {
    const table = cache.pageTable(level);
    const page = table.pages[(v >> 8) * table.tilesAcross + (u >> 8)] ?? 0;
    return page === 0 ? 0 : (this.layers.get(page - 1)?.[(v & 255) * TILE_SIZE + (u & 255)] ?? 0);
  }
}

const WHOLE: ImageBounds = [0, 0, WIDTH_PX, HEIGHT_PX];
const never = () => false;

describe('LabelTileCache', () => {
  it('shows the same as the definition after any edits, with a pool that is too small for everything', () => {
    const editArb = fc.record({ rect: rectArb, drawing: fc.nat(4), fill: fc.boolean(), level: fc.nat(3) });
    fc.assert(
      fc.property(drawingsArb, fc.array(editArb, { maxLength: 8 }), (drawings, edits) => {
        const texture = new FakeTexture();
        const cache = new LabelTileCache(9, texture.upload);
        cache.setImage(WIDTH_PX, HEIGHT_PX);
        cache.setDrawings(drawings);
        for (const { rect, drawing, fill, level } of edits) {
          const target = drawings[drawing]?.mask;
          if (!target) continue;
          const [x, y, width, height] = rect;
          for (let row = y; row < y + height; row++) (fill ? fillRun : clearRun)(target, row, x, x + width);
          cache.markStale([x, y, x + width, y + height]);
          expect(cache.update(level, WHOLE, never)).toBe(true);
          for (let i = 0; i < 300; i++) {
            const u = (i * 7919) % (WIDTH_PX >> level);
            const v = (i * 104_729) % (HEIGHT_PX >> level);
            expect(texture.texelAt(cache, level, u, v)).toBe(expectedTexel(drawings, level, u, v));
          }
        }
      }),
      { numRuns: 60 },
    );
  });

  it('uploads only what is stale, and nothing for empty tiles', () => {
    const mask = createMask(WIDTH_PX, HEIGHT_PX);
    fillRun(mask, 10, 0, 300);
    const texture = new FakeTexture();
    const cache = new LabelTileCache(9, texture.upload);
    cache.setImage(WIDTH_PX, HEIGHT_PX);
    cache.setDrawings([{ mask, slot: 1, isSelected: false }]);
    cache.update(0, WHOLE, never);
    expect(texture.uploads).toBe(2);
    cache.update(0, WHOLE, never);
    expect(texture.uploads).toBe(2);
    cache.markStale([5, 5, 20, 20]);
    cache.update(0, WHOLE, never);
    expect(texture.uploads).toBe(3);
  });

  it('goes on in the next frame when time runs out', () => {
    const mask = createMask(WIDTH_PX, HEIGHT_PX);
    for (let y = 0; y < HEIGHT_PX; y++) fillRun(mask, y, 0, WIDTH_PX);
    const texture = new FakeTexture();
    const cache = new LabelTileCache(9, texture.upload);
    cache.setImage(WIDTH_PX, HEIGHT_PX);
    cache.setDrawings([{ mask, slot: 1, isSelected: false }]);
    let frames = 0;
    for (;;) {
      let left = 2;
      frames++;
      if (cache.update(0, WHOLE, () => left-- === 0)) break;
    }
    expect(frames).toBeGreaterThan(1);
    expect(cache.isFresh(0, WHOLE)).toBe(true);
  });

  it('chooses a coarser level when the screen shows more tiles than the pool holds', () => {
    const cache = new LabelTileCache(9, () => undefined);
    cache.setImage(WIDTH_PX * 4, HEIGHT_PX * 4);
    expect(cache.levelFor(1, [0, 0, WIDTH_PX, HEIGHT_PX])).toBe(0);
    expect(cache.levelFor(1, [0, 0, WIDTH_PX * 4, HEIGHT_PX * 4])).toBe(2);
    expect(cache.levelFor(0.25, [0, 0, 256, 256])).toBe(2);
  });
});
