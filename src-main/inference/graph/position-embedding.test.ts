import { describe, expect, it } from 'vitest';
import { positionsForGrid } from './position-embedding.ts';

const table = {
  values: Float32Array.from({ length: 17 * 3 }, (_, i) => Math.sin(i)),
  storedGrid: 4,
  width: 3,
};

describe('positions', () => {
  it('are the stored ones when the number of patches fits, whatever the shape', () => {
    expect(positionsForGrid(table, 4, 4)).toBe(table.values);
    expect(positionsForGrid(table, 2, 8)).toBe(table.values);
  });

  it('keep the class token and a constant table', () => {
    const constant = { ...table, values: new Float32Array(17 * 3).fill(0.25) };
    expect([...positionsForGrid(constant, 9, 2)]).toEqual(Array.from({ length: 19 * 3 }, () => 0.25));
    expect(positionsForGrid(table, 9, 2).subarray(0, 3)).toEqual(table.values.subarray(0, 3));
  });

  it('treat rows and columns alike', () => {
    const transposed = new Float32Array(table.values);
    for (let y = 0; y < 4; y++) {
      for (let x = 0; x < 4; x++) {
        const source = (1 + x * 4 + y) * 3;
        transposed.set(table.values.subarray(source, source + 3), (1 + y * 4 + x) * 3);
      }
    }
    const wide = positionsForGrid(table, 3, 7);
    const tall = positionsForGrid({ ...table, values: transposed }, 7, 3);
    for (let y = 0; y < 3; y++) {
      for (let x = 0; x < 7; x++) {
        const inWide = (1 + y * 7 + x) * 3;
        const inTall = (1 + x * 3 + y) * 3;
        for (let c = 0; c < 3; c++) expect(wide[inWide + c]).toBeCloseTo(tall[inTall + c]!, 5);
      }
    }
  });
});
