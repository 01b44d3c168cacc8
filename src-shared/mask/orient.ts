// Masks between the upright image and the pixels as the file stores them (EXIF orientation 1..8).

import { cocoCounts } from './coco-rle.ts';
import { createMask, fillRun, forEachRun, type TileMask } from './tile-mask.ts';

/** True when the stored picture is wider where the upright one is higher. */
export function swapsSides(orientation: number): boolean {
  return orientation >= 5 && orientation <= 8;
}

/** The mask of the upright image on the stored pixels of a file with this EXIF orientation. */
export function storedFromUpright(upright: TileMask, orientation: number): TileMask {
  const turned = swapsSides(orientation) ? transposed(upright) : upright;
  return flipped(turned, [2, 3, 7, 8].includes(orientation), [3, 4, 6, 7].includes(orientation));
}

/** The mask of stored pixels on the upright image. Inverse of `storedFromUpright`. */
export function uprightFromStored(stored: TileMask, orientation: number): TileMask {
  const unflipped = flipped(stored, [2, 3, 7, 8].includes(orientation), [3, 4, 6, 7].includes(orientation));
  return swapsSides(orientation) ? transposed(unflipped) : unflipped;
}

function flipped(mask: TileMask, isMirrored: boolean, isUpsideDown: boolean): TileMask {
  if (!isMirrored && !isUpsideDown) return mask;
  const { widthPx, heightPx } = mask;
  const result = createMask(widthPx, heightPx);
  forEachRun(mask, (y, x0, x1) => {
    const row = isUpsideDown ? heightPx - 1 - y : y;
    if (isMirrored) fillRun(result, row, widthPx - x1, widthPx - x0);
    else fillRun(result, row, x0, x1);
  });
  return result;
}

/** Runs down the columns are runs along the rows of the transposed mask. */
function transposed(mask: TileMask): TileMask {
  const { widthPx, heightPx } = mask;
  const result = createMask(heightPx, widthPx);
  let at = 0;
  cocoCounts(mask).forEach((count, index) => {
    const end = at + count;
    while (index % 2 === 1 && at < end) {
      const row = Math.floor(at / heightPx);
      const stop = Math.min(end, (row + 1) * heightPx);
      fillRun(result, row, at - row * heightPx, stop - row * heightPx);
      at = stop;
    }
    at = end;
  });
  return result;
}
