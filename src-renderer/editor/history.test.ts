import { describe, expect, it } from 'vitest';
import type { DocumentDiff } from '#shared/annotation/diff.ts';
import { proposal } from './testing/editor-fixture.ts';
import { History } from './history.ts';

function step(label: string, bit: number): DocumentDiff {
  const { record } = proposal(`r${bit}`, 1, [0, 0, 1, 1]);
  const after = new Uint32Array(2048);
  after[bit] = 1;
  return {
    label,
    changes: [
      { regionId: record.id, before: null, after: record, tiles: [{ tileKey: 3, before: null, after }] },
    ],
  };
}

describe('History', () => {
  it('gives back what was pushed, inverted for undo', () => {
    const history = new History();
    history.push(step('a', 1));
    history.push(step('b', 2));
    expect(history.peekUndo()?.changes[0]).toMatchObject({ regionId: 'r2', after: null });
    history.movedBack();
    expect([history.undoLabel, history.redoLabel]).toEqual(['a', 'b']);
    expect(history.peekRedo()).toEqual(step('b', 2));
  });

  it('forgets what was undone when something new is done', () => {
    const history = new History();
    history.push(step('a', 1));
    history.push(step('b', 2));
    history.movedBack();
    history.push(step('c', 3));
    expect(history.canRedo).toBe(false);
    expect(history.labels).toEqual([{ label: 'a' }, { label: 'c' }]);
  });

  it('knows its size, far below the raw tiles', () => {
    const history = new History();
    for (let i = 0; i < 100; i++) history.push(step('s', i));
    expect(history.sizeBytes).toBeGreaterThan(0);
    expect(history.sizeBytes).toBeLessThan(100 * 1000);
    history.clear();
    expect([history.sizeBytes, history.canUndo]).toEqual([0, false]);
  });

  it('does not share arrays with what was pushed', () => {
    const history = new History();
    const diff = step('a', 1);
    history.push(diff);
    diff.changes[0]!.tiles[0]!.after![5] = 7;
    history.movedBack();
    expect(history.peekRedo()).toEqual(step('a', 1));
  });
});
