// Positions of resized grids against ClearCLIP's interpolate_pos_encoding.

import { expect, it } from 'vitest';
import { describeWithShared, sharedFixture } from '#root/scripts/testing/fixtures.ts';
import { float32Of, readNpz } from '#root/scripts/testing/npy.ts';
import { positionsForGrid } from './position-embedding.ts';

const TOLERANCE = 1e-5;

describeWithShared('positions of resized grids', () => {
  it.each([
    [28, 28],
    [14, 21],
    [20, 35],
    [28, 14],
    [7, 7],
  ])('%i × %i', (rows, columns) => {
    const arrays = readNpz(sharedFixture('refine', 'pos', 'positions.npz') ?? '');
    const table = { values: float32Of(arrays.get('stored')), storedGrid: 14, width: 32 };
    const actual = positionsForGrid(table, rows, columns);
    const expected = float32Of(arrays.get(`scale_plus_0.1_${rows}x${columns}`));
    expect(actual.length).toBe(expected.length);
    const largest = actual.reduce((max, value, i) => Math.max(max, Math.abs(value - expected[i]!)), 0);
    expect(largest).toBeLessThanOrEqual(TOLERANCE);
  });
});
