import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { patchCosines } from './cosines.ts';
import { fastExp } from './fast-exp.ts';

describe('patchCosines', () => {
  it('multiplies every patch with every query, whatever the counts', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 7 }),
        fc.integer({ min: 0, max: 11 }),
        fc.integer({ min: 1, max: 9 }),
        (patches, queries, size) => {
          const values = Float32Array.from({ length: patches * size }, (_, i) => Math.sin(i * 1.3));
          const rows = Float32Array.from({ length: queries * size }, (_, i) => Math.cos(i * 0.7));
          const planes = patchCosines(values, rows, size);
          expect(planes.length).toBe(patches * queries);
          planes.forEach((cosine, at) => {
            const query = Math.floor(at / patches);
            const patch = at % patches;
            let sum = 0;
            for (let i = 0; i < size; i++) sum += values[patch * size + i]! * rows[query * size + i]!;
            expect(cosine).toBeCloseTo(sum, 5);
          });
        },
      ),
    );
  });

  it('refuses rows of another length', () => {
    expect(() => patchCosines(new Float32Array(6), new Float32Array(5), 3)).toThrow(RangeError);
  });
});

describe('fastExp', () => {
  it('is exp to twelve digits', () => {
    fc.assert(
      fc.property(fc.double({ min: -700, max: 700, noNaN: true }), (x) => {
        expect(Math.abs(fastExp(x) / Math.exp(x) - 1)).toBeLessThan(1e-12);
      }),
      { numRuns: 2000 },
    );
    expect([fastExp(0), fastExp(-701), fastExp(701)]).toEqual([1, 0, Infinity]);
  });
});
