// How the regions list is filtered and sorted. Pure functions over records.

import type { CategoryId, RegionRecord } from '#shared/annotation/records.ts';

export type RegionFilter = 'all' | 'proposal' | 'region' | 'class';
export type RegionSort = 'layer' | 'class' | 'score' | 'area';

export const REGION_SORTS: readonly { value: RegionSort; label: string }[] = [
  { value: 'layer', label: 'Top layer first' },
  { value: 'class', label: 'By class' },
  { value: 'score', label: 'Least sure first' },
  { value: 'area', label: 'Largest first' },
];

export interface RegionQuery {
  filter: RegionFilter;
  sort: RegionSort;
  activeCategoryId: CategoryId | null;
  /** Place of each class in the vocabulary. */
  orderOf: (id: CategoryId) => number;
}

export function arrangeRegions(regions: readonly RegionRecord[], query: RegionQuery): RegionRecord[] {
  return regions
    .filter((region) => isWanted(region, query))
    .sort((left, right) => compare(left, right, query));
}

function isWanted(region: RegionRecord, query: RegionQuery): boolean {
  if (query.filter === 'all') return true;
  if (query.filter === 'class') return region.categoryId === query.activeCategoryId;
  return region.status === query.filter;
}

function compare(left: RegionRecord, right: RegionRecord, query: RegionQuery): number {
  return keyDifference(left, right, query) || right.zIndex - left.zIndex || (left.id < right.id ? -1 : 1);
}

function keyDifference(left: RegionRecord, right: RegionRecord, query: RegionQuery): number {
  switch (query.sort) {
    case 'layer':
      return 0;
    case 'class':
      return query.orderOf(left.categoryId) - query.orderOf(right.categoryId);
    // Without a score a human made it: surest of all.
    case 'score':
      return (left.score ?? 2) - (right.score ?? 2);
    case 'area':
      return right.areaPx - left.areaPx;
  }
}

const SOURCE_TEXT: Record<RegionRecord['source'], string> = {
  model: 'model',
  human: 'by hand',
  'model-then-human': 'model, then by hand',
  imported: 'imported',
};

export function sourceText(region: RegionRecord): string {
  return SOURCE_TEXT[region.source];
}

/** Short area: 940 px, 12.3 k px, 4.5 M px. */
export function areaText(areaPx: number): string {
  if (areaPx === 0) return 'being drawn';
  if (areaPx < 10_000) return `${areaPx} px`;
  if (areaPx < 1_000_000) return `${(areaPx / 1000).toFixed(areaPx < 100_000 ? 1 : 0)} k px`;
  return `${(areaPx / 1_000_000).toFixed(1)} M px`;
}
