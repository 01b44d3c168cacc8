// What the writer and the check after it are given: the project's images, one at a time, with final ids. Knows
// neither the store nor where the masks came from.

import type { RegionSource, ReviewState } from '#shared/annotation/records.ts';
import type { TileMask } from '#shared/mask/tile-mask.ts';

/** compressed RLE, RLE as a list of numbers, or exact polygons on pixel edges. */
export type SegmentationStyle = 'rle' | 'rle-list' | 'polygon';

export interface CocoSourceAnnotation {
  /** ≥ 1, unique over the file, stable across exports. */
  id: number;
  categoryId: number;
  /** Of the image's exported size. */
  mask: TileMask;
  isCrowd: boolean;
  source: RegionSource;
  score: number | null;
}

export interface CocoSourceImage {
  /** ≥ 1, unique over the file, stable across exports. */
  id: number;
  /** Relative to the image folder, `/` between parts. */
  fileName: string;
  widthPx: number;
  heightPx: number;
  reviewState: ReviewState;
  annotations: CocoSourceAnnotation[];
}

export interface CocoCategory {
  id: number;
  name: string;
  supercategory: string;
}

export interface CocoHead {
  /** Goes into the file as it is; leave dates out where the same project shall give the same bytes. */
  info: Record<string, string | number>;
  categories: CocoCategory[];
}
