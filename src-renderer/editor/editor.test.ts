// The editor as a whole: whatever the user does, undo leads back, redo leads forth, area and box are those of the
// mask, and the server ends up with the same document.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { RegionRecord } from '#shared/annotation/records.ts';
import { maskArea, maskBox, maskEquals, type TileMask } from '#shared/mask/tile-mask.ts';
import type { EditorCommand } from './editor-types.ts';
import { EditorFixture, HEIGHT_PX, proposal, WIDTH_PX } from './testing/editor-fixture.ts';
import { settled } from './testing/manual-timers.ts';

type Action =
  | { kind: 'stroke'; points: [number, number][]; button: 'primary' | 'secondary'; radius: number }
  | { kind: 'polygon'; points: [number, number][]; alt: boolean }
  | { kind: 'select'; picks: number[] }
  | { kind: 'command'; command: EditorCommand };

const pointArb = fc.tuple(
  fc.integer({ min: -20, max: WIDTH_PX + 20 }),
  fc.integer({ min: -20, max: HEIGHT_PX + 20 }),
);

const commandArb: fc.Arbitrary<EditorCommand> = fc.oneof(
  fc.constantFrom<EditorCommand>(
    { kind: 'undo' },
    { kind: 'redo' },
    { kind: 'delete' },
    { kind: 'merge' },
    { kind: 'accept' },
    { kind: 'reject' },
    { kind: 'accept-all' },
    { kind: 'accept-category', categoryId: 2 },
    { kind: 'fill-holes' },
    { kind: 'drop-specks', minAreaPx: 200 },
    { kind: 'clear-selection' },
    { kind: 'select-next', step: 1 },
    { kind: 'cycle-overlap-mode' },
  ),
  fc.integer({ min: 0, max: 2 }).map((index): EditorCommand => ({ kind: 'assign-category-at', index })),
);

const actionArb: fc.Arbitrary<Action> = fc.oneof(
  { weight: 4, arbitrary: strokeArb() },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('polygon' as const),
      points: fc.array(pointArb, { minLength: 3, maxLength: 6 }),
      alt: fc.boolean(),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('select' as const),
      picks: fc.array(fc.nat(9), { maxLength: 3 }),
    }),
  },
  { weight: 4, arbitrary: commandArb.map((command) => ({ kind: 'command' as const, command })) },
);

function strokeArb(): fc.Arbitrary<Action> {
  return fc.record({
    kind: fc.constant('stroke' as const),
    points: fc.array(pointArb, { minLength: 1, maxLength: 5 }),
    button: fc.constantFrom('primary' as const, 'primary' as const, 'secondary' as const),
    radius: fc.constantFrom(0.5, 3, 20, 90),
  });
}

function perform(fixture: EditorFixture, action: Action): void {
  const { editor } = fixture;
  if (action.kind === 'command') return editor.dispatch(action.command);
  if (action.kind === 'select') {
    const ids = fixture.ids.filter((_, index) => action.picks.includes(index));
    return editor.dispatch({ kind: 'select', regionIds: ids });
  }
  editor.dispatch({ kind: 'set-tool', tool: action.kind === 'stroke' ? 'brush' : 'polygon' });
  if (action.kind === 'stroke') {
    editor.dispatch({ kind: 'set-brush-radius', radiusImagePx: action.radius });
    return fixture.stroke(action.points, { button: action.button });
  }
  for (const point of action.points) fixture.click(point, { alt: action.alt });
  editor.dispatch({ kind: 'finish' });
  return editor.dispatch({ kind: 'set-tool', tool: 'brush' });
}

interface Picture {
  record: RegionRecord;
  mask: TileMask;
}

function documentOf(fixture: EditorFixture): Picture[] {
  return fixture.editor.snapshot().regions.map((record) => {
    const mask = fixture.editor.maskOf(record.id);
    if (!mask) throw new Error(`no mask of ${record.id}`);
    return {
      record,
      mask: { ...mask, tiles: new Map([...mask.tiles].map(([key, words]) => [key, words.slice()])) },
    };
  });
}

function expectSame(actual: readonly Picture[], expected: readonly Picture[]): void {
  expect(actual.map(({ record }) => record)).toEqual(expected.map(({ record }) => record));
  actual.forEach(({ mask }, index) => expect(maskEquals(mask, expected[index]!.mask)).toBe(true));
}

function serverDocument(fixture: EditorFixture): Picture[] {
  return [...fixture.server.regions.values()].sort(
    (a, b) => a.record.zIndex - b.record.zIndex || (a.record.id < b.record.id ? -1 : 1),
  );
}

const START = () => [
  proposal('p1', 1, [0, 0, 300, 300], 1),
  proposal('p2', 2, [200, 100, 500, 280], 2),
  proposal('p3', 3, [50, 200, 100, 390], 3),
];

describe('editor', () => {
  it('undoes to the start, redoes to the end, derives area and box, and the server follows', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(actionArb, { maxLength: 14 }), async (actions) => {
        const fixture = new EditorFixture(START());
        const start = documentOf(fixture);
        for (const action of actions) {
          perform(fixture, action);
          for (const { record, mask } of documentOf(fixture)) {
            expect([record.areaPx, record.box]).toEqual([maskArea(mask), maskBox(mask)]);
            expect(record.areaPx).toBeGreaterThan(0);
          }
        }
        const end = documentOf(fixture);
        await fixture.editor.whenSaved();
        expectSame(serverDocument(fixture), end);
        const steps = fixture.editor.snapshot().history.length;
        for (let i = 0; i < steps; i++) fixture.editor.dispatch({ kind: 'undo' });
        expect(fixture.editor.snapshot().canUndo).toBe(false);
        expectSame(documentOf(fixture), start);
        await fixture.editor.whenSaved();
        expectSame(serverDocument(fixture), start);
        for (let i = 0; i < steps; i++) fixture.editor.dispatch({ kind: 'redo' });
        expectSame(documentOf(fixture), end);
        await fixture.editor.whenSaved();
        expectSame(serverDocument(fixture), end);
      }),
      { numRuns: 60 },
    );
  });

  it('drops the stroke when undo comes in the middle of it', () => {
    const fixture = new EditorFixture(START());
    const start = documentOf(fixture);
    fixture.editor.dispatch({ kind: 'set-tool', tool: 'brush' });
    fixture.press([400, 350]);
    fixture.event('move', [[450, 350]]);
    fixture.editor.dispatch({ kind: 'undo' });
    fixture.event('move', [[500, 350]]);
    fixture.event('up', [[500, 350]]);
    expectSame(documentOf(fixture), start);
    expect(fixture.editor.snapshot()).toMatchObject({ canUndo: false, isGestureActive: false });
  });

  it('keeps the history of an image across switches, and undoes only there', async () => {
    const fixture = new EditorFixture(START());
    fixture.editor.dispatch({ kind: 'accept-all' });
    await fixture.editor.whenSaved();
    const other = { ...fixture.image, id: 2 };
    fixture.editor.openImage({
      record: other,
      picture: null,
      annotations: { imageId: 2, revision: 0, regions: [] },
    });
    expect(fixture.editor.snapshot().canUndo).toBe(false);
    fixture.open();
    expect(fixture.editor.snapshot().undoLabel).toBe('Accept 3 proposals');
    fixture.editor.dispatch({ kind: 'undo' });
    expectSame(documentOf(fixture), documentOf(new EditorFixture(START())));
  });

  it('keeps what is not saved yet when the image is opened again with an older answer', async () => {
    const fixture = new EditorFixture(START());
    const old = fixture.server.annotations();
    fixture.editor.dispatch({ kind: 'set-tool', tool: 'brush' });
    fixture.editor.dispatch({ kind: 'set-active-category', categoryId: 2 });
    fixture.click([550, 350]);
    fixture.editor.dispatch({ kind: 'reject', regionIds: ['p1'] });
    const now = documentOf(fixture);
    fixture.editor.openImage({ record: fixture.image, picture: null, annotations: old });
    expectSame(documentOf(fixture), now);
    await fixture.editor.whenSaved();
    fixture.editor.openImage({ record: fixture.image, picture: null, annotations: old });
    expectSame(documentOf(fixture), now);
    fixture.open();
    expectSame(documentOf(fixture), now);
  });

  it('finishes the stroke when another image is opened in the middle of it', async () => {
    const fixture = new EditorFixture();
    fixture.editor.dispatch({ kind: 'set-tool', tool: 'brush' });
    fixture.press([100, 100]);
    fixture.event('move', [[150, 100]]);
    fixture.editor.closeImage();
    await fixture.editor.whenSaved();
    expect(fixture.server.regions.size).toBe(1);
    expect(fixture.server.labels).toEqual(['Brush stroke']);
  });
});

describe('new proposals', () => {
  const rerun = (fixture: EditorFixture, proposals: ReturnType<typeof proposal>[]) => {
    for (const [id, { record }] of [...fixture.server.regions]) {
      if (record.status === 'proposal') fixture.server.regions.delete(id);
    }
    for (const { record, mask } of proposals) fixture.server.add(record, mask);
    fixture.editor.mergeProposals(fixture.server.annotations());
  };

  it('replace proposals and nothing else; the history stays', async () => {
    const fixture = new EditorFixture(START());
    fixture.editor.dispatch({ kind: 'accept', regionIds: ['p1'] });
    await fixture.editor.whenSaved();
    rerun(fixture, [proposal('q1', 2, [300, 300, 400, 380], 4)]);
    expect(fixture.ids).toEqual(['p1', 'q1']);
    fixture.editor.dispatch({ kind: 'undo' });
    expect(fixture.record('p1').status).toBe('proposal');
  });

  it('do not stop a redo that makes one of the old ones a region', async () => {
    const fixture = new EditorFixture(START());
    fixture.editor.dispatch({ kind: 'accept', regionIds: ['p1'] });
    fixture.editor.dispatch({ kind: 'undo' });
    await fixture.editor.whenSaved();
    rerun(fixture, [proposal('q1', 2, [300, 300, 400, 380], 4)]);
    fixture.editor.dispatch({ kind: 'redo' });
    expect(fixture.record('p1')).toMatchObject({ status: 'region', areaPx: 90_000 });
    await fixture.editor.whenSaved();
    expect(fixture.server.regions.get('p1')?.record).toMatchObject({ status: 'region', areaPx: 90_000 });
  });

  it('wait for the end of a stroke', () => {
    const fixture = new EditorFixture(START());
    fixture.editor.dispatch({ kind: 'set-tool', tool: 'brush' });
    fixture.press([100, 350]);
    rerun(fixture, [proposal('q1', 2, [300, 300, 400, 380], 4)]);
    expect(fixture.ids).toContain('p1');
    fixture.event('up', [[100, 350]]);
    expect(fixture.ids).not.toContain('p1');
    expect(fixture.ids).toContain('q1');
  });

  it('do not bring back what was just rejected', () => {
    const fixture = new EditorFixture(START());
    const before = fixture.server.annotations();
    fixture.editor.dispatch({ kind: 'reject', regionIds: ['p1'] });
    fixture.editor.mergeProposals(before);
    expect(fixture.ids).toEqual(['p2', 'p3']);
  });
});

describe('snapshots', () => {
  it('are the same object until something changes, and tell of the pointer once a frame', () => {
    const fixture = new EditorFixture();
    const { editor } = fixture;
    expect(editor.snapshot()).toBe(editor.snapshot());
    let calls = 0;
    const stop = editor.subscribe(() => calls++);
    for (let x = 0; x < 50; x++) fixture.event('hover', [[x, 10]]);
    expect(calls).toBe(1);
    fixture.timers.advance(16);
    expect(calls).toBe(2);
    expect(editor.snapshot().cursor).toEqual({ xImagePx: 49, yImagePx: 10 });
    stop();
  });

  it('restore view, tool and selection, at once or when the image opens', () => {
    const fixture = new EditorFixture(START());
    fixture.editor.dispatch({ kind: 'select', regionIds: ['p2'] });
    fixture.editor.dispatch({ kind: 'set-tool', tool: 'eraser' });
    fixture.editor.dispatch({ kind: 'set-opacity', opacity: 0.3 });
    const json = fixture.editor.viewState();
    const again = new EditorFixture(START());
    again.editor.restoreView(json);
    expect(again.editor.snapshot()).toMatchObject({ tool: 'eraser', selection: ['p2'], opacity: 0.3 });
    again.editor.restoreView('not json');
    again.editor.restoreView('{"tool":"axe","opacity":"red"}');
    expect(again.editor.snapshot()).toMatchObject({ tool: 'eraser', opacity: 0.3 });
  });

  it('says when a save fails, keeps the stroke and writes it later', async () => {
    const fixture = new EditorFixture();
    fixture.server.troubles = ['fail', 'fail'];
    fixture.editor.dispatch({ kind: 'set-tool', tool: 'brush' });
    fixture.click([100, 100]);
    expect(fixture.editor.snapshot().saveState).toBe('saving');
    await settled();
    expect(fixture.editor.snapshot()).toMatchObject({ saveState: 'failed' });
    expect(fixture.editor.snapshot().saveMessage).toContain('the disk is full');
    fixture.click([200, 100]);
    fixture.timers.advance(500);
    await settled();
    fixture.timers.advance(1000);
    await settled();
    expect(fixture.editor.snapshot().saveState).toBe('saved');
    expectSame(serverDocument(fixture), documentOf(fixture));
  });
});
