// How large a picture may be. Checked on the header, before any pixel is decoded.

import { AppError } from '#shared/errors.ts';

const MAX_SIDE_PX = 32_767;
export const MAX_PIXELS = 500_000_000;

/** Throws `image/too-large`, and `image/decode-failed` for a picture without pixels. */
export function checkImageSize(widthPx: number, heightPx: number): void {
  if (widthPx < 1 || heightPx < 1) {
    throw new AppError('image/decode-failed', 'The header of this file claims a picture without pixels.');
  }
  if (widthPx <= MAX_SIDE_PX && heightPx <= MAX_SIDE_PX && widthPx * heightPx <= MAX_PIXELS) return;
  throw new AppError(
    'image/too-large',
    `The picture claims ${widthPx} × ${heightPx} pixels. The limit is ${MAX_SIDE_PX} on a side and ` +
      `${MAX_PIXELS / 1_000_000} megapixels; cut it into parts or make it smaller.`,
    { details: { widthPx, heightPx } },
  );
}
