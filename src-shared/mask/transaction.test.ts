import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { intersect, subtract, union } from './boolean.ts';
import { forEachCapsuleRun } from './capsule.ts';
import { arbitraryGrid, maskOf, randomGrid } from './testing/grid.ts';
import { cloneMask, createMask, fillRun, isMaskEmpty, maskArea, maskEquals } from './tile-mask.ts';
import { applyTileChanges, MaskTransaction } from './transaction.ts';

const arbitraryRun = fc.record({
  isFill: fc.boolean(),
  y: fc.integer({ min: -3, max: 310 }),
  x0: fc.integer({ min: -10, max: 310 }),
  length: fc.integer({ min: 0, max: 330 }),
});

describe('mask transactions', () => {
  it('undo is the identity, redo the edit', () => {
    fc.assert(
      fc.property(arbitraryGrid, fc.array(arbitraryRun, { maxLength: 30 }), (grid, runs) => {
        const mask = maskOf(grid);
        const start = cloneMask(mask);
        const expected = cloneMask(mask);
        const transaction = new MaskTransaction(mask);
        for (const { isFill, y, x0, length } of runs) {
          if (isFill) transaction.fillRun(y, x0, x0 + length);
          else transaction.clearRun(y, x0, x0 + length);
          const step = createMask(grid.widthPx, grid.heightPx);
          fillRun(step, y, x0, x0 + length);
          const next = isFill ? union(expected, step) : subtract(expected, step);
          expected.tiles.clear();
          for (const [key, words] of next.tiles) expected.tiles.set(key, words);
        }
        expect(maskEquals(mask, expected)).toBe(true);
        const changes = transaction.commit();
        expect(maskEquals(mask, expected)).toBe(true);
        for (const { before, after, tileKey } of changes) {
          expect(before).not.toEqual(after);
          expect(transaction.touchedTiles.has(tileKey)).toBe(true);
        }
        applyTileChanges(mask, changes, 'before');
        expect(maskEquals(mask, start)).toBe(true);
        applyTileChanges(mask, changes, 'after');
        expect(maskEquals(mask, expected)).toBe(true);
      }),
      { numRuns: 60 },
    );
  });

  it('abort puts everything back', () => {
    fc.assert(
      fc.property(arbitraryGrid, fc.integer(), (grid, seed) => {
        const mask = maskOf(grid);
        const start = cloneMask(mask);
        const transaction = new MaskTransaction(mask);
        transaction.applyMask('replace', maskOf(randomGrid(grid.widthPx, grid.heightPx, seed)));
        transaction.abort();
        expect(maskEquals(mask, start)).toBe(true);
        expect(mask.tiles.size).toBe(start.tiles.size);
      }),
      { numRuns: 30 },
    );
  });

  it('combines whole masks as the set operations do', () => {
    fc.assert(
      fc.property(arbitraryGrid, fc.integer(), (grid, seed) => {
        const a = maskOf(grid);
        const b = maskOf(randomGrid(grid.widthPx, grid.heightPx, seed));
        const expected = {
          union: union(a, b),
          subtract: subtract(a, b),
          intersect: intersect(a, b),
          replace: b,
        };
        for (const operation of ['union', 'subtract', 'intersect', 'replace'] as const) {
          const mask = cloneMask(a);
          const transaction = new MaskTransaction(mask);
          transaction.applyMask(operation, b);
          expect(maskEquals(mask, expected[operation])).toBe(true);
          const changes = transaction.commit();
          applyTileChanges(mask, changes, 'before');
          expect(maskEquals(mask, a)).toBe(true);
        }
      }),
      { numRuns: 30 },
    );
  });

  it('reports no change when an edit is taken back within the step', () => {
    const mask = createMask(300, 300);
    const transaction = new MaskTransaction(mask);
    transaction.fillRun(10, 0, 300);
    transaction.clearRun(10, 0, 300);
    expect(transaction.commit()).toEqual([]);
    expect(mask.tiles.size).toBe(0);
  });

  it('never writes into an array that an earlier step handed out', () => {
    const mask = createMask(64, 64);
    const first = new MaskTransaction(mask);
    first.fillRun(0, 0, 64);
    const [change] = first.commit();
    const kept = change!.after!.slice();
    const second = new MaskTransaction(mask);
    second.clearRun(0, 0, 32);
    second.commit();
    expect(change!.after).toEqual(kept);
    const third = new MaskTransaction(mask);
    third.applyMask('intersect', createMask(64, 64));
    expect(third.commit()[0]!.after).toBeNull();
    expect(isMaskEmpty(mask)).toBe(true);
    applyTileChanges(mask, [change!], 'after');
    expect(maskArea(mask)).toBe(64);
  });

  it('takes a brush stroke and ends once', () => {
    const mask = createMask(600, 600);
    const transaction = new MaskTransaction(mask);
    forEachCapsuleRun({ x: 250, y: 250 }, { x: 270, y: 262 }, 20, 600, 600, (y, x0, x1) =>
      transaction.fillRun(y, x0, x1),
    );
    expect(transaction.commit().map((change) => change.tileKey)).toEqual([0, 1, 3, 4]);
    expect(() => transaction.fillRun(0, 0, 1)).toThrow('has ended');
    expect(() => transaction.commit()).toThrow('has ended');
  });
});
