import { describe, expect, it } from 'vitest';
import type { RegionRecord } from '#shared/annotation/records.ts';
import { areaText, arrangeRegions, type RegionQuery } from './region-order.ts';

function region(id: string, patch: Partial<RegionRecord>): RegionRecord {
  return {
    id,
    imageId: 1,
    categoryId: 1,
    status: 'region',
    source: 'human',
    score: null,
    origin: null,
    zIndex: 0,
    areaPx: 1,
    box: [0, 0, 1, 1],
    isCrowd: false,
    ...patch,
  };
}

const REGIONS = [
  region('a', { zIndex: 1, areaPx: 50, categoryId: 2 }),
  region('b', { zIndex: 3, areaPx: 10, status: 'proposal', score: 0.4 }),
  region('c', { zIndex: 2, areaPx: 90, status: 'proposal', score: 0.9, categoryId: 2 }),
];

function idsFor(query: Partial<RegionQuery>): string {
  const whole: RegionQuery = {
    filter: 'all',
    sort: 'layer',
    activeCategoryId: 2,
    orderOf: (id) => -id,
    ...query,
  };
  return arrangeRegions(REGIONS, whole)
    .map(({ id }) => id)
    .join('');
}

describe('arrangeRegions', () => {
  it('sorts and filters', () => {
    expect({
      layer: idsFor({}),
      class: idsFor({ sort: 'class' }),
      score: idsFor({ sort: 'score' }),
      area: idsFor({ sort: 'area' }),
      proposals: idsFor({ filter: 'proposal' }),
      regions: idsFor({ filter: 'region' }),
      activeClass: idsFor({ filter: 'class' }),
    }).toEqual({
      layer: 'bca',
      class: 'cab',
      score: 'bca',
      area: 'cab',
      proposals: 'bc',
      regions: 'a',
      activeClass: 'ca',
    });
  });

  it('leaves its input alone', () => {
    idsFor({ sort: 'area' });
    expect(REGIONS.map(({ id }) => id).join('')).toBe('abc');
  });
});

describe('areaText', () => {
  it('is short', () => {
    expect([0, 1, 9999, 12_345, 123_456, 4_560_000].map(areaText)).toEqual([
      'being drawn',
      '1 px',
      '9999 px',
      '12.3 k px',
      '123 k px',
      '4.6 M px',
    ]);
  });
});
