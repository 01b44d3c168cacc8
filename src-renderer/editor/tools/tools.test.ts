// The tools as a user meets them: pointer events in, regions out. No DOM.

import { describe, expect, it } from 'vitest';
import { getPixel } from '#shared/mask/tile-mask.ts';
import { EditorFixture, proposal } from '../testing/editor-fixture.ts';

function brush(fixture: EditorFixture, radiusImagePx = 5): void {
  fixture.editor.dispatch({ kind: 'set-tool', tool: 'brush' });
  fixture.editor.dispatch({ kind: 'set-brush-radius', radiusImagePx });
}

const has = (fixture: EditorFixture, id: string, x: number, y: number): boolean => {
  const mask = fixture.editor.maskOf(id);
  return mask !== null && getPixel(mask, x, y);
};

describe('brush', () => {
  it('starts a region of the active class, selects it and goes on with it', () => {
    const fixture = new EditorFixture();
    brush(fixture);
    fixture.stroke([
      [50, 50],
      [90, 50],
    ]);
    const [id] = fixture.ids;
    expect(fixture.editor.snapshot().selection).toEqual([id]);
    fixture.stroke([[200, 50]]);
    expect(fixture.ids).toEqual([id]);
    expect(has(fixture, id!, 200, 50)).toBe(true);
    expect(fixture.record(id!)).toMatchObject({ status: 'region', source: 'human', categoryId: 1 });
    fixture.editor.dispatch({ kind: 'clear-selection' });
    fixture.stroke([[300, 50]]);
    expect(fixture.ids).toHaveLength(2);
  });

  it('paints one pixel with the smallest tip, the one under the pointer', () => {
    const fixture = new EditorFixture();
    brush(fixture, 0.5);
    fixture.click([10.9, 20.1]);
    expect(fixture.record(fixture.ids[0]!)).toMatchObject({ areaPx: 1, box: [10, 20, 1, 1] });
  });

  it('takes every coalesced sample', () => {
    const fixture = new EditorFixture();
    brush(fixture, 1);
    fixture.press([10, 10]);
    fixture.event('move', [
      [10, 60],
      [60, 60],
    ]);
    fixture.event('up', [[60, 60]]);
    expect(has(fixture, fixture.ids[0]!, 10, 58)).toBe(true);
    expect(has(fixture, fixture.ids[0]!, 35, 35)).toBe(false);
  });

  it('draws a straight line from the end of the last stroke with Shift', () => {
    const fixture = new EditorFixture();
    brush(fixture, 2);
    fixture.click([10, 10]);
    fixture.click([110, 10], { shift: true });
    expect(has(fixture, fixture.ids[0]!, 60, 10)).toBe(true);
    expect(fixture.editor.snapshot().history).toHaveLength(2);
  });

  it('takes away with the right button and with Alt, and removes a region that becomes empty', () => {
    for (const options of [{ button: 'secondary' as const }, { alt: true }]) {
      const fixture = new EditorFixture();
      brush(fixture);
      fixture.click([50, 50]);
      fixture.editor.dispatch({ kind: 'set-brush-radius', radiusImagePx: 30 });
      fixture.click([50, 50], options);
      expect(fixture.ids).toEqual([]);
      fixture.editor.dispatch({ kind: 'undo' });
      expect(fixture.ids).toHaveLength(1);
    }
  });

  it('makes a selected proposal the user’s', () => {
    const fixture = new EditorFixture([proposal('p', 1, [10, 10, 40, 40])]);
    brush(fixture);
    fixture.editor.dispatch({ kind: 'select', regionIds: ['p'] });
    fixture.stroke([
      [40, 20],
      [60, 20],
    ]);
    expect(fixture.record('p')).toMatchObject({ status: 'region', source: 'model-then-human' });
    fixture.editor.dispatch({ kind: 'undo' });
    expect(fixture.record('p')).toMatchObject({ status: 'proposal', source: 'model', areaPx: 900 });
  });

  it('is no step when nothing changes', () => {
    const fixture = new EditorFixture();
    brush(fixture);
    fixture.click([50, 50]);
    fixture.click([50, 50]);
    expect(fixture.editor.snapshot().history).toHaveLength(1);
  });

  it('goes on with the one region of a stuff class', () => {
    const fixture = new EditorFixture();
    brush(fixture);
    fixture.editor.dispatch({ kind: 'set-active-category', categoryId: 3 });
    fixture.click([50, 50]);
    fixture.editor.dispatch({ kind: 'clear-selection' });
    fixture.click([250, 50]);
    expect(fixture.ids).toHaveLength(1);
  });

  it('asks for a class when there is none', () => {
    const fixture = new EditorFixture();
    fixture.editor.setCategories([]);
    brush(fixture);
    fixture.click([50, 50]);
    expect(fixture.ids).toEqual([]);
    expect(fixture.notices).toHaveLength(1);
  });

  it('does nothing in a read-only window and says so', () => {
    const fixture = new EditorFixture();
    fixture.editor.setReadOnly(true);
    brush(fixture);
    fixture.click([50, 50]);
    expect([fixture.ids, fixture.notices.length]).toEqual([[], 1]);
  });
});

describe('overlap modes', () => {
  function twoStrokes(mode: 'over' | 'under' | 'exclusive'): EditorFixture {
    const fixture = new EditorFixture();
    brush(fixture, 20);
    fixture.click([100, 100]);
    fixture.editor.dispatch({ kind: 'clear-selection' });
    fixture.editor.dispatch({ kind: 'set-overlap-mode', mode });
    fixture.click([120, 100]);
    return fixture;
  }

  it('over: both keep the pixel', () => {
    const fixture = twoStrokes('over');
    expect(fixture.ids.map((id) => has(fixture, id, 110, 100))).toEqual([true, true]);
  });

  it('under: the older region keeps it', () => {
    const fixture = twoStrokes('under');
    expect(fixture.ids.map((id) => has(fixture, id, 110, 100))).toEqual([true, false]);
  });

  it('exclusive: the newer region takes it, in one step', () => {
    const fixture = twoStrokes('exclusive');
    expect(fixture.ids.map((id) => has(fixture, id, 110, 100))).toEqual([false, true]);
    expect(fixture.editor.snapshot().history).toHaveLength(2);
    fixture.editor.dispatch({ kind: 'undo' });
    expect(has(fixture, fixture.ids[0]!, 110, 100)).toBe(true);
  });

  it('exclusive: a region that loses everything goes in the same step', () => {
    const fixture = new EditorFixture();
    brush(fixture, 5);
    fixture.click([100, 100]);
    fixture.editor.dispatch({ kind: 'clear-selection' });
    fixture.editor.dispatch({ kind: 'set-overlap-mode', mode: 'exclusive' });
    fixture.editor.dispatch({ kind: 'set-brush-radius', radiusImagePx: 20 });
    fixture.click([100, 100]);
    expect(fixture.ids).toHaveLength(1);
  });

  it('proposals do not stop a brush that goes under, and are trimmed by an exclusive one', () => {
    const fixture = new EditorFixture([proposal('p', 2, [0, 0, 200, 200])]);
    brush(fixture, 5);
    fixture.editor.dispatch({ kind: 'set-overlap-mode', mode: 'under' });
    fixture.click([50, 50]);
    expect(fixture.ids).toHaveLength(2);
    fixture.editor.dispatch({ kind: 'clear-selection' });
    fixture.editor.dispatch({ kind: 'set-overlap-mode', mode: 'exclusive' });
    fixture.click([150, 150]);
    expect(has(fixture, 'p', 150, 150)).toBe(false);
    expect(fixture.record('p').status).toBe('proposal');
  });

  it('paint that crossed a region above it comes to the top', () => {
    const fixture = new EditorFixture();
    brush(fixture, 20);
    fixture.click([100, 100]);
    const [first] = fixture.ids;
    fixture.editor.dispatch({ kind: 'clear-selection' });
    fixture.click([200, 100]);
    fixture.editor.dispatch({ kind: 'select', regionIds: [first!] });
    fixture.stroke([
      [100, 100],
      [190, 100],
    ]);
    expect(fixture.ids.at(-1)).toBe(first);
  });
});

describe('eraser', () => {
  it('takes from the topmost region under its start when nothing is selected', () => {
    const fixture = new EditorFixture([
      proposal('low', 1, [0, 0, 50, 50], 1),
      proposal('top', 2, [0, 0, 50, 50], 2),
    ]);
    fixture.editor.dispatch({ kind: 'set-tool', tool: 'eraser' });
    fixture.editor.dispatch({ kind: 'set-brush-radius', radiusImagePx: 3 });
    fixture.click([20, 20]);
    expect([has(fixture, 'low', 20, 20), has(fixture, 'top', 20, 20)]).toEqual([true, false]);
  });

  it('begins when it runs into a region', () => {
    const fixture = new EditorFixture([proposal('p', 1, [100, 0, 150, 50])]);
    fixture.editor.dispatch({ kind: 'set-tool', tool: 'eraser' });
    fixture.editor.dispatch({ kind: 'set-brush-radius', radiusImagePx: 3 });
    fixture.stroke([
      [60, 20],
      [90, 20],
      [120, 20],
    ]);
    expect(has(fixture, 'p', 110, 20)).toBe(false);
    expect(has(fixture, 'p', 140, 20)).toBe(true);
  });

  it('leaves selected regions alone that it does not touch', () => {
    const fixture = new EditorFixture([
      proposal('a', 1, [0, 0, 50, 50]),
      proposal('b', 1, [100, 0, 150, 50]),
    ]);
    fixture.editor.dispatch({ kind: 'select', regionIds: ['a', 'b'] });
    fixture.editor.dispatch({ kind: 'set-tool', tool: 'eraser' });
    fixture.click([20, 20]);
    expect([fixture.record('a').status, fixture.record('b').status]).toEqual(['region', 'proposal']);
  });
});

describe('polygon', () => {
  function polygon(): EditorFixture {
    const fixture = new EditorFixture();
    fixture.editor.dispatch({ kind: 'set-tool', tool: 'polygon' });
    for (const point of [
      [10, 10],
      [60, 10],
      [60, 60],
    ] as const) {
      fixture.click(point);
    }
    return fixture;
  }

  it('closes with Enter, with a double click and on its first vertex', () => {
    const closings: ((fixture: EditorFixture) => void)[] = [
      (fixture) => fixture.editor.dispatch({ kind: 'finish' }),
      (fixture) => fixture.click([60, 60], { clickCount: 2 }),
      (fixture) => fixture.click([12, 11]),
    ];
    for (const close of closings) {
      const fixture = polygon();
      close(fixture);
      expect(fixture.ids).toHaveLength(1);
      expect(fixture.editor.snapshot()).toMatchObject({ polygonVertexCount: 0, isGestureActive: false });
    }
  });

  it('covers exactly the pixels whose centres lie inside', () => {
    const fixture = new EditorFixture();
    fixture.editor.dispatch({ kind: 'set-tool', tool: 'polygon' });
    for (const point of [
      [10, 10],
      [20, 10],
      [20, 30],
      [10, 30],
    ] as const)
      fixture.click(point);
    fixture.editor.dispatch({ kind: 'finish' });
    expect(fixture.record(fixture.ids[0]!)).toMatchObject({ areaPx: 200, box: [10, 10, 10, 20] });
  });

  it('takes back vertices with Backspace and undo, and everything with Esc', () => {
    const fixture = polygon();
    fixture.editor.dispatch({ kind: 'step-back' });
    fixture.editor.dispatch({ kind: 'undo' });
    expect(fixture.editor.snapshot().polygonVertexCount).toBe(1);
    fixture.editor.dispatch({ kind: 'cancel' });
    expect(fixture.editor.snapshot().polygonVertexCount).toBe(0);
    expect(fixture.ids).toEqual([]);
  });

  it('does not paint with two vertices', () => {
    const fixture = polygon();
    fixture.editor.dispatch({ kind: 'step-back' });
    fixture.editor.dispatch({ kind: 'finish' });
    expect(fixture.ids).toEqual([]);
    expect(fixture.editor.snapshot().polygonVertexCount).toBe(2);
  });

  it('cuts with Alt', () => {
    const fixture = new EditorFixture([proposal('p', 1, [0, 0, 100, 100])]);
    fixture.editor.dispatch({ kind: 'set-tool', tool: 'polygon' });
    for (const point of [
      [10, 10],
      [20, 10],
      [20, 30],
      [10, 30],
    ] as const)
      fixture.click(point, { alt: true });
    fixture.editor.dispatch({ kind: 'finish' });
    expect(fixture.record('p').areaPx).toBe(10_000 - 200);
  });
});

describe('select', () => {
  it('takes the topmost, with Alt the next below, with Shift several, on nothing none', () => {
    const fixture = new EditorFixture([
      proposal('low', 1, [0, 0, 50, 50], 1),
      proposal('top', 2, [0, 0, 50, 50], 2),
      proposal('side', 2, [100, 0, 150, 50], 3),
    ]);
    const selection = () => fixture.editor.snapshot().selection;
    fixture.click([20, 20]);
    expect(selection()).toEqual(['top']);
    expect(fixture.editor.snapshot().activeCategoryId).toBe(2);
    fixture.click([20, 20], { alt: true });
    expect(selection()).toEqual(['low']);
    fixture.click([20, 20], { alt: true });
    expect(selection()).toEqual(['top']);
    fixture.click([120, 20], { shift: true });
    expect(selection()).toEqual(['top', 'side']);
    fixture.click([120, 20], { shift: true });
    expect(selection()).toEqual(['top']);
    fixture.click([300, 300]);
    expect(selection()).toEqual([]);
  });

  it('does not see what is hidden', () => {
    const fixture = new EditorFixture([
      proposal('low', 1, [0, 0, 50, 50], 1),
      proposal('top', 2, [0, 0, 50, 50], 2),
    ]);
    fixture.editor.dispatch({ kind: 'set-category-hidden', categoryId: 2, hidden: true });
    fixture.click([20, 20]);
    expect(fixture.editor.snapshot().selection).toEqual(['low']);
  });
});

describe('fill hole', () => {
  it('closes the hole under the click and no other', () => {
    const fixture = new EditorFixture([proposal('p', 1, [0, 0, 100, 100])]);
    fixture.editor.dispatch({ kind: 'set-tool', tool: 'eraser' });
    fixture.editor.dispatch({ kind: 'set-brush-radius', radiusImagePx: 5 });
    fixture.click([30, 30]);
    fixture.click([70, 70]);
    fixture.editor.dispatch({ kind: 'set-tool', tool: 'fill-hole' });
    fixture.click([30, 30]);
    expect([has(fixture, 'p', 30, 30), has(fixture, 'p', 70, 70)]).toEqual([true, false]);
    fixture.editor.dispatch({ kind: 'fill-holes', regionIds: ['p'] });
    expect(fixture.record('p').areaPx).toBe(10_000);
  });
});

describe('keyboard cursor', () => {
  it('paints with Space held and arrows, and with Enter on and off', () => {
    const fixture = new EditorFixture();
    brush(fixture, 3);
    const move = (dx: number, dy: number) =>
      fixture.editor.dispatch({ kind: 'move-keyboard-cursor', dx, dy, isFine: false });
    move(1, 0);
    for (let i = 0; i < 4; i++) move(1, 1);
    fixture.editor.dispatch({ kind: 'press-keyboard-cursor' });
    move(1, 0);
    fixture.editor.dispatch({ kind: 'release-keyboard-cursor' });
    expect(fixture.ids).toHaveLength(1);
    fixture.editor.dispatch({ kind: 'finish' });
    expect(fixture.editor.snapshot().isGestureActive).toBe(true);
    move(0, 1);
    fixture.editor.dispatch({ kind: 'finish' });
    expect(fixture.editor.snapshot()).toMatchObject({ isGestureActive: false, undoLabel: 'Brush stroke' });
    expect(fixture.editor.snapshot().history).toHaveLength(2);
  });

  it('goes with Esc', () => {
    const fixture = new EditorFixture();
    fixture.editor.dispatch({ kind: 'move-keyboard-cursor', dx: 1, dy: 0, isFine: true });
    expect(fixture.editor.hasKeyboardCursor).toBe(true);
    fixture.editor.dispatch({ kind: 'cancel' });
    expect(fixture.editor.hasKeyboardCursor).toBe(false);
  });
});
