// A mask as the JSON text of COCO's `segmentation`, in its three forms.

import { compressCounts } from '#shared/mask/coco-rle-text.ts';
import { cocoCounts } from '#shared/mask/coco-rle.ts';
import { bridgedRings } from '#shared/mask/contours.ts';
import type { TileMask } from '#shared/mask/tile-mask.ts';
import type { SegmentationStyle } from './coco-source.ts';

/** Compressed strings need no escapes but for the backslash: their characters are ASCII 48 to 111. */
export function segmentationJson(mask: TileMask, style: SegmentationStyle): string {
  if (style === 'polygon') {
    const rings = bridgedRings(mask).map((ring) => `[${ring.map(({ x, y }) => `${x},${y}`).join(',')}]`);
    return `[${rings.join(',')}]`;
  }
  const counts = cocoCounts(mask);
  const countsJson = style === 'rle' ? JSON.stringify(compressCounts(counts)) : `[${counts.join(',')}]`;
  return `{"size":[${mask.heightPx},${mask.widthPx}],"counts":${countsJson}}`;
}
