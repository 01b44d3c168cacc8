// For tests: masks as plain byte grids, so that every clever routine can be compared with a loop over pixels.

import fc from 'fast-check';
import { createMask, fillRun, getPixel, type TileMask } from '../tile-mask.ts';

export interface Grid {
  widthPx: number;
  heightPx: number;
  /** Row-major, 0 or 1. */
  pixels: Uint8Array;
}

export function gridOf(mask: TileMask): Grid {
  const { widthPx, heightPx } = mask;
  const pixels = new Uint8Array(widthPx * heightPx);
  for (let y = 0; y < heightPx; y++) {
    for (let x = 0; x < widthPx; x++) pixels[y * widthPx + x] = getPixel(mask, x, y) ? 1 : 0;
  }
  return { widthPx, heightPx, pixels };
}

export function maskOf(grid: Grid): TileMask {
  const mask = createMask(grid.widthPx, grid.heightPx);
  for (let y = 0; y < grid.heightPx; y++) {
    for (let x = 0; x < grid.widthPx; x++) {
      if (grid.pixels[y * grid.widthPx + x] === 1) fillRun(mask, y, x, x + 1);
    }
  }
  return mask;
}

/** Rows of `#` and anything else. */
export function maskOfText(...rows: string[]): TileMask {
  const widthPx = Math.max(...rows.map((row) => row.length));
  const pixels = new Uint8Array(widthPx * rows.length);
  rows.forEach((row, y) => {
    for (let x = 0; x < row.length; x++) if (row[x] === '#') pixels[y * widthPx + x] = 1;
  });
  return maskOf({ widthPx, heightPx: rows.length, pixels });
}

/** A small generator with a seed (mulberry32): tests must be the same on every machine. */
export function seededRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

const SIDES = [1, 2, 3, 31, 32, 33, 64, 65, 255, 256, 257, 300];

/** Noise, blocks or strips of a given density: the three textures that find different mistakes. */
export function randomGrid(widthPx: number, heightPx: number, seed: number): Grid {
  const random = seededRandom(seed);
  const density = random();
  const cellX = 1 + Math.floor(random() * random() * 40);
  const cellY = 1 + Math.floor(random() * random() * 40);
  const cells = new Map<number, number>();
  const pixels = new Uint8Array(widthPx * heightPx);
  for (let y = 0; y < heightPx; y++) {
    for (let x = 0; x < widthPx; x++) {
      const cell = Math.floor(y / cellY) * 10_000 + Math.floor(x / cellX);
      let value = cells.get(cell);
      if (value === undefined) {
        value = random() < density ? 1 : 0;
        cells.set(cell, value);
      }
      pixels[y * widthPx + x] = value;
    }
  }
  return { widthPx, heightPx, pixels };
}

export const arbitrarySide = fc.oneof(fc.constantFrom(...SIDES), fc.integer({ min: 1, max: 40 }));

export const arbitraryGrid = fc
  .record({ widthPx: arbitrarySide, heightPx: arbitrarySide, seed: fc.integer() })
  .map(({ widthPx, heightPx, seed }) => randomGrid(widthPx, heightPx, seed));

export const arbitrarySmallGrid = fc
  .record({
    widthPx: fc.integer({ min: 1, max: 24 }),
    heightPx: fc.integer({ min: 1, max: 24 }),
    seed: fc.integer(),
  })
  .map(({ widthPx, heightPx, seed }) => randomGrid(widthPx, heightPx, seed));
