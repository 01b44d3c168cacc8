// The eight EXIF orientations. "Upright" is the image as a person sees it, "stored" the pixels as they lie in the file.
// The one rule of the whole project lives here: everything else speaks of the upright image.

import { ColumnToggles } from '../mask/column-toggles.ts';
import { createMask, fillRun, forEachRun, type TileMask } from '../mask/tile-mask.ts';
import type { Point } from './point.ts';

/**
 * 1 as stored · 2 mirrored left-right · 3 turned by 180° · 4 mirrored top-bottom · 5 transposed · 6 to be turned 90°
 * clockwise · 7 transposed along the other diagonal · 8 to be turned 90° counter-clockwise.
 */
export type Orientation = 1 | 2 | 3 | 4 | 5 | 6 | 7 | 8;

export interface PixelSize {
  readonly widthPx: number;
  readonly heightPx: number;
}

/** Any number to an orientation: files with a wrong value are shown as stored. */
export function orientationOf(value: number): Orientation {
  return Number.isInteger(value) && value >= 1 && value <= 8 ? (value as Orientation) : 1;
}

/** Do width and height change places? */
export function swapsAxes(orientation: Orientation): boolean {
  return orientation >= 5;
}

/** The size on the other side, whichever that is: the rule is the same in both directions. */
export function orientedSize(size: PixelSize, orientation: Orientation): PixelSize {
  return swapsAxes(orientation) ? { widthPx: size.heightPx, heightPx: size.widthPx } : size;
}

/** The orientation that undoes this one: only the two quarter turns differ from themselves. */
export function inverseOrientation(orientation: Orientation): Orientation {
  return orientation === 6 ? 8 : orientation === 8 ? 6 : orientation;
}

/** A point of the stored image (of `storedSize`) in the upright one. Corners of pixels go to corners of pixels. */
export function uprightFromStored(point: Point, storedSize: PixelSize, orientation: Orientation): Point {
  const { x, y } = point;
  const { widthPx: width, heightPx: height } = storedSize;
  switch (orientation) {
    case 1:
      return { x, y };
    case 2:
      return { x: width - x, y };
    case 3:
      return { x: width - x, y: height - y };
    case 4:
      return { x, y: height - y };
    case 5:
      return { x: y, y: x };
    case 6:
      return { x: height - y, y: x };
    case 7:
      return { x: height - y, y: width - x };
    case 8:
      return { x: y, y: width - x };
  }
}

/** A point of the upright image (of `uprightSize`) in the stored one. */
export function storedFromUpright(point: Point, uprightSize: PixelSize, orientation: Orientation): Point {
  return uprightFromStored(point, uprightSize, inverseOrientation(orientation));
}

/** The mask as orientation `orientation` shows it: stored → upright. For the way back give the inverse. */
export function orientMask(mask: TileMask, orientation: Orientation): TileMask {
  const { widthPx: width, heightPx: height } = mask;
  const size = orientedSize(mask, orientation);
  if (!swapsAxes(orientation)) {
    const result = createMask(width, height);
    const mirrorsX = orientation === 2 || orientation === 3;
    const mirrorsY = orientation === 3 || orientation === 4;
    forEachRun(mask, (y, x0, x1Exclusive) => {
      const row = mirrorsY ? height - 1 - y : y;
      if (mirrorsX) fillRun(result, row, width - x1Exclusive, width - x0);
      else fillRun(result, row, x0, x1Exclusive);
    });
    return result;
  }
  // Rows become columns, so runs become changes along a column.
  const toggles = new ColumnToggles(size.widthPx, size.heightPx);
  const mirrorsX = orientation === 6 || orientation === 7;
  const mirrorsY = orientation === 7 || orientation === 8;
  forEachRun(mask, (y, x0, x1Exclusive) => {
    const column = mirrorsX ? height - 1 - y : y;
    const first = mirrorsY ? width - x1Exclusive : x0;
    const end = mirrorsY ? width - x0 : x1Exclusive;
    toggles.toggle(column, first);
    if (end < size.heightPx) toggles.toggle(column, end);
  });
  return toggles.finish();
}

/** The mask of the upright image as it lies in the file. */
export function storedMask(uprightMask: TileMask, orientation: Orientation): TileMask {
  return orientMask(uprightMask, inverseOrientation(orientation));
}
