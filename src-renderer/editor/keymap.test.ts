import { describe, expect, it } from 'vitest';
import { editorCommands } from './editor-commands.ts';
import { Keymap, keyNamesOf, type KeyCommand, type KeyInput } from './keymap.ts';
import { EditorFixture } from './testing/editor-fixture.ts';

function input(key: string, code: string, more: Partial<KeyInput> = {}): KeyInput {
  return {
    ...{ key, code, ctrlKey: false, metaKey: false, shiftKey: false, altKey: false },
    ...{ repeat: false, isComposing: false, isAltGraph: false },
    ...more,
  };
}

function command(id: string, keys: string[], more: Partial<KeyCommand> = {}): KeyCommand & { runs: number } {
  const result = {
    id,
    title: id,
    group: 'g',
    keys,
    isEnabled: () => true,
    runs: 0,
    run: () => void result.runs++,
    ...more,
  };
  return result;
}

describe('keyNamesOf', () => {
  it.each([
    ['a letter', input('b', 'KeyB'), 'B'],
    ['a letter by its print, not its place (AZERTY)', input('a', 'KeyQ'), 'A'],
    ['a letter by its place where there is no Latin (Russian)', input('и', 'KeyB'), 'B'],
    ['Command as Ctrl', input('z', 'KeyZ', { metaKey: true, shiftKey: true }), 'Ctrl+Shift+Z'],
    ['a digit where it needs Shift (AZERTY)', input('&', 'Digit1'), '1'],
    ['a digit of the number pad', input('3', 'Numpad3'), '3'],
    [
      'a bracket by AltGr (German)',
      input('[', 'Digit8', { ctrlKey: true, altKey: true, isAltGraph: true }),
      '[',
    ],
    ['a bracket by its place (German)', input('ü', 'BracketLeft'), '['],
    ['a question mark', input('?', 'Slash', { shiftKey: true }), '?'],
    ['plus', input('+', 'Equal', { shiftKey: true, ctrlKey: true }), 'Ctrl++'],
    ['an arrow', input('ArrowLeft', 'ArrowLeft', { shiftKey: true }), 'Shift+ArrowLeft'],
    ['the space bar', input(' ', 'Space'), 'Space'],
    ['a letter with Alt on a Mac', input('∫', 'KeyB', { altKey: true }), 'Alt+B'],
  ])('%s', (_title, event, name) => {
    expect(keyNamesOf(event)).toContain(name);
  });

  it('does not take Cyrillic letters for brackets without need', () => {
    expect(keyNamesOf(input('х', 'BracketLeft'))).toEqual(['[']);
  });
});

describe('Keymap', () => {
  it('refuses two commands on one key', () => {
    expect(() => new Keymap([command('a', ['B']), command('b', ['B'])])).toThrow(/"a" and "b"/);
  });

  it('has no conflicts in the editor’s table', () => {
    const commands = editorCommands(new EditorFixture().editor);
    expect(() => new Keymap(commands)).not.toThrow();
    const ids = commands.map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
  });

  it('is inert in text fields, except for what says otherwise', () => {
    const brush = command('brush', ['B']);
    const help = command('help', ['F1'], { worksInTextFields: true });
    const keymap = new Keymap([brush, help]);
    expect(keymap.keyDown(input('b', 'KeyB'), 'text')).toBe(false);
    expect(keymap.keyDown(input('F1', 'F1'), 'text')).toBe(true);
    expect([brush.runs, help.runs]).toEqual([0, 1]);
  });

  it('leaves Space, Enter and arrows to a focused control, letters not', () => {
    const [accept, pan, left, brush] = [
      command('accept', ['Enter']),
      command('pan', ['Space']),
      command('left', ['Shift+ArrowLeft']),
      command('brush', ['B']),
    ];
    const keymap = new Keymap([accept, pan, left, brush]);
    keymap.keyDown(input('Enter', 'Enter'), 'control');
    keymap.keyDown(input(' ', 'Space'), 'control');
    keymap.keyDown(input('ArrowLeft', 'ArrowLeft', { shiftKey: true }), 'control');
    keymap.keyDown(input('b', 'KeyB'), 'control');
    expect([accept.runs, pan.runs, left.runs, brush.runs]).toEqual([0, 0, 0, 1]);
  });

  it('releases held keys on key-up and when the focus is lost', () => {
    let releases = 0;
    const hide = command('hide', ['H'], { release: () => void releases++ });
    const keymap = new Keymap([hide]);
    keymap.keyDown(input('h', 'KeyH'), 'free');
    keymap.keyDown(input('h', 'KeyH', { repeat: true }), 'free');
    keymap.keyUp({ code: 'KeyH' });
    keymap.keyDown(input('h', 'KeyH'), 'free');
    keymap.releaseAll();
    keymap.releaseAll();
    expect([hide.runs, releases]).toEqual([2, 2]);
  });

  it('does not run disabled commands, repeats or half-typed words', () => {
    const off = command('off', ['B'], { isEnabled: () => false });
    const once = command('once', ['U']);
    const keymap = new Keymap([off, once]);
    expect(keymap.keyDown(input('b', 'KeyB'), 'free')).toBe(false);
    expect(keymap.keyDown(input('u', 'KeyU', { repeat: true }), 'free')).toBe(true);
    expect(keymap.keyDown(input('u', 'KeyU', { isComposing: true }), 'free')).toBe(false);
    expect([off.runs, once.runs]).toEqual([0, 0]);
  });
});
