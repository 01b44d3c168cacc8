// Polygons as COCO's own tools fill them: pycocotools rounds the boundary to a grid five times finer than the pixels
// and keeps, for each column, the heights at which it is crossed. Imported polygons follow this rule and no other, so
// that they become exactly the mask that training code sees. Our own shapes are filled by polygon.ts.

import { union } from './boolean.ts';
import { ColumnToggles } from './column-toggles.ts';
import { createMask, type TileMask } from './tile-mask.ts';

const SCALE = 5;

/** Largest coordinate, in pixels, whose upsampled value pycocotools can hold. */
export const COCO_POLYGON_LIMIT_PX = 4e8;

/**
 * The union of the rings, each `[x0, y0, x1, y1, …]` in image space with at least 6 finite numbers of at most
 * `COCO_POLYGON_LIMIT_PX`; what lies outside the image is cut off. Same mask as pycocotools'
 * `merge(frPyObjects(rings, height, width))`. Time grows with the columns that edges cross inside the image.
 */
export function maskFromCocoPolygon(
  rings: readonly (readonly number[])[],
  widthPx: number,
  heightPx: number,
): TileMask {
  let mask: TileMask | null = null;
  for (const ring of rings) {
    const part = maskFromCocoRing(ring, widthPx, heightPx);
    mask = mask ? union(mask, part) : part;
  }
  return mask ?? createMask(widthPx, heightPx);
}

function maskFromCocoRing(ring: readonly number[], widthPx: number, heightPx: number): TileMask {
  const toggles = new ColumnToggles(widthPx, heightPx);
  const count = Math.floor(ring.length / 2);
  const xs = Array.from({ length: count }, (_, i) => Math.trunc(SCALE * ring[i * 2]! + 0.5));
  const ys = Array.from({ length: count }, (_, i) => Math.trunc(SCALE * ring[i * 2 + 1]! + 0.5));
  const onCrossing = (column: number, fineY: number): void => {
    const y = (fineY + 0.5) / SCALE - 0.5;
    const row = Math.ceil(Math.min(Math.max(y, 0), heightPx));
    if (row < heightPx) toggles.toggle(column, row);
  };
  for (let i = 0; i < count; i++) {
    const j = (i + 1) % count;
    crossEdge(xs[i]!, ys[i]!, xs[j]!, ys[j]!, widthPx, onCrossing);
  }
  return toggles.finish();
}

/**
 * Walks one edge in fine pixels, but only where it steps between 5c+2 and 5c+3, the middle of column c. Reports the
 * upper one of the two heights of the step.
 */
function crossEdge(
  x0: number,
  y0: number,
  x1: number,
  y1: number,
  widthPx: number,
  onCrossing: (column: number, fineY: number) => void,
): void {
  const dx = Math.abs(x1 - x0);
  const dy = Math.abs(y1 - y0);
  if (dx === 0) return;
  const isFlat = dx >= dy;
  const isFlipped = isFlat ? x0 > x1 : y0 > y1;
  const [xs, ys, xe, ye] = isFlipped ? [x1, y1, x0, y0] : [x0, y0, x1, y1];
  const slope = isFlat ? (ye - ys) / dx : (xe - xs) / dy;
  const firstColumn = Math.max(0, Math.ceil((Math.min(xs, xe) - 2) / SCALE));
  const lastColumn = Math.min(widthPx - 1, Math.floor((Math.max(xs, xe) - 3) / SCALE));
  for (let column = firstColumn; column <= lastColumn; column++) {
    const before = column * SCALE + 2;
    if (isFlat) {
      const t = before - xs;
      const here = Math.trunc(ys + slope * t + 0.5);
      const there = Math.trunc(ys + slope * (t + 1) + 0.5);
      onCrossing(column, Math.min(here, there));
    } else {
      onCrossing(column, ys + stepAt(xs, slope, before) - 1);
    }
  }
}

/** On a steep edge: the first step t at which the fine x has left its side of the line between `before` and +1. */
function stepAt(xs: number, slope: number, before: number): number {
  const hasCrossed = (t: number): boolean => {
    const x = Math.trunc(xs + slope * t + 0.5);
    return slope > 0 ? x > before : x <= before;
  };
  let t = Math.ceil((before + 0.5 - xs) / slope);
  while (!hasCrossed(t)) t++;
  while (hasCrossed(t - 1)) t--;
  return t;
}
