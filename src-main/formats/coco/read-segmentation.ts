// COCO's `segmentation` in all its forms to a mask, or a clause that says why not.

import { COCO_POLYGON_LIMIT_PX, maskFromCocoPolygon } from '#shared/mask/coco-polygon.ts';
import { decompressCounts } from '#shared/mask/coco-rle-text.ts';
import { countsProblem, maskFromCocoCounts } from '#shared/mask/coco-rle.ts';
import type { TileMask } from '#shared/mask/tile-mask.ts';
import { isObject, shown, type JsonObject } from './read-fields.ts';

export interface SegmentationResult {
  /** Null when nothing can be used. */
  mask: TileMask | null;
  /** Clauses that end with what was done. */
  problems: string[];
}

/** Reads RLE (compressed or list) or polygons for an image of the given size. */
export function readSegmentation(value: unknown, widthPx: number, heightPx: number): SegmentationResult {
  if (value === undefined || value === null) return failed('has no segmentation: skipped');
  if (isObject(value)) return readRle(value, widthPx, heightPx);
  if (Array.isArray(value)) return readPolygons(value, widthPx, heightPx);
  return failed(`has a segmentation that is neither RLE nor polygons (${shown(value)}): skipped`);
}

function failed(problem: string): SegmentationResult {
  return { mask: null, problems: [problem] };
}

function readRle(rle: JsonObject, widthPx: number, heightPx: number): SegmentationResult {
  const { size, counts } = rle;
  const isSize = Array.isArray(size) && size[0] === heightPx && size[1] === widthPx && size.length === 2;
  if (!isSize) {
    return failed(
      `RLE has size ${shown(size)}, the image is [${heightPx},${widthPx}] (height, width): skipped`,
    );
  }
  let numbers: number[];
  if (typeof counts === 'string') {
    const result = decompressCounts(counts);
    if (result.problem !== null) return failed(`RLE cannot be read, ${result.problem}: skipped`);
    numbers = result.counts;
  } else if (Array.isArray(counts) && counts.every((count) => typeof count === 'number')) {
    numbers = counts;
  } else {
    return failed(`RLE has counts that are neither text nor a list of numbers (${shown(counts)}): skipped`);
  }
  const problem = countsProblem(numbers, widthPx, heightPx);
  if (problem !== null) return failed(`RLE is wrong, ${problem}: skipped`);
  return { mask: maskFromCocoCounts(numbers, widthPx, heightPx), problems: [] };
}

function readPolygons(value: unknown[], widthPx: number, heightPx: number): SegmentationResult {
  if (value.length === 0) return failed('has an empty segmentation: skipped');
  const problems: string[] = [];
  let rings = value;
  if (value.every((item) => typeof item === 'number')) {
    problems.push('polygon is not inside a list of polygons: read as one');
    rings = [value];
  }
  const usable: number[][] = [];
  rings.forEach((ring, i) => {
    const problem = ringProblem(ring);
    if (problem === null) usable.push(ring as number[]);
    else problems.push(`polygon ${i + 1} of ${rings.length} ${problem}: left out`);
  });
  if (usable.length === 0) return { mask: null, problems: [...problems, 'has no usable polygon: skipped'] };
  return { mask: maskFromCocoPolygon(usable, widthPx, heightPx), problems };
}

function ringProblem(ring: unknown): string | null {
  if (!Array.isArray(ring)) return `is not a list (${shown(ring)})`;
  if (ring.length % 2 !== 0) return `has an odd number of coordinates (${ring.length})`;
  if (ring.length < 6) return `has ${ring.length} coordinates, fewer than 6`;
  for (const value of ring as unknown[]) {
    if (typeof value !== 'number' || !Number.isFinite(value)) return `holds ${shown(value)}`;
    if (Math.abs(value) > COCO_POLYGON_LIMIT_PX) return `holds a coordinate out of range (${value})`;
  }
  return null;
}
