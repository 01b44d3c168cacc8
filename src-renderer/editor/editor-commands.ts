// The editor's part of the key table: id, title, keys, when, what. The key list (F1), menus and shortcuts read it;
// the window adds its own commands (next image, export …) to the same table.

import type { Editor } from './editor.ts';
import type { EditorCommand, EditorSnapshot, ToolName } from './editor-types.ts';
import type { KeyCommand } from './keymap.ts';

type When = (snapshot: EditorSnapshot) => boolean;

const always: When = () => true;
const hasImage: When = ({ imageId }) => imageId !== null;
const canEdit: When = ({ imageId, isReadOnly }) => imageId !== null && !isReadOnly;
const canEditSelection: When = (snapshot) => canEdit(snapshot) && snapshot.selection.length > 0;

interface Row {
  id: string;
  title: string;
  keys: readonly string[];
  command: EditorCommand;
  when?: When;
  repeats?: boolean;
}

/** Every command of the editor that has a key. */
export function editorCommands(editor: Editor): KeyCommand[] {
  const rowsOf = (group: string, rows: readonly Row[]): KeyCommand[] =>
    rows.map(({ id, title, keys, command, when = hasImage, repeats = false }) => ({
      ...{ id, title, group, keys, repeats },
      isEnabled: () => when(editor.snapshot()),
      run: () => editor.dispatch(command),
    }));
  return [
    ...rowsOf('Tools', TOOL_ROWS),
    ...rowsOf('Tools', BRUSH_ROWS),
    ...rowsOf('Regions', REGION_ROWS),
    ...rowsOf('Regions', SELECTION_ROWS),
    ...rowsOf('Classes', CLASS_ROWS),
    ...rowsOf('Edit', EDIT_ROWS),
    ...rowsOf('View', VIEW_ROWS),
    ...rowsOf('Keyboard cursor', cursorRows()),
    ...heldCommands(editor),
    ...toggleCommands(editor),
  ];
}

const tool = (name: ToolName, title: string, key: string): Row => ({
  id: `tool-${name}`,
  title,
  keys: [key],
  command: { kind: 'set-tool', tool: name },
  when: always,
});

const TOOL_ROWS: readonly Row[] = [
  tool('select', 'Select', 'V'),
  tool('brush', 'Brush', 'B'),
  tool('eraser', 'Eraser', 'E'),
  tool('polygon', 'Polygon', 'P'),
  tool('fill-hole', 'Fill a hole by clicking', 'G'),
];

const BRUSH_ROWS: readonly Row[] = [
  {
    id: 'brush-smaller',
    title: 'Smaller brush',
    keys: ['['],
    command: { kind: 'step-brush-radius', steps: -1 },
    when: always,
    repeats: true,
  },
  {
    id: 'brush-larger',
    title: 'Larger brush',
    keys: [']'],
    command: { kind: 'step-brush-radius', steps: 1 },
    when: always,
    repeats: true,
  },
  {
    id: 'overlap-mode',
    title: 'Next overlap mode: over, under, exclusive',
    keys: ['U'],
    command: { kind: 'cycle-overlap-mode' },
    when: always,
  },
];

const REGION_ROWS: readonly Row[] = [
  {
    id: 'accept',
    title: 'Accept the selected proposals; close the polygon',
    keys: ['Enter'],
    command: { kind: 'finish' },
    when: canEdit,
  },
  {
    id: 'reject',
    title: 'Reject the selected proposals; take back a vertex',
    keys: ['Backspace'],
    command: { kind: 'step-back' },
    when: canEdit,
  },
  {
    id: 'accept-all',
    title: 'Accept all visible proposals',
    keys: ['Ctrl+Shift+A'],
    command: { kind: 'accept-all' },
    when: canEdit,
  },
  { id: 'delete', title: 'Delete', keys: ['Delete'], command: { kind: 'delete' }, when: canEditSelection },
  {
    id: 'merge',
    title: 'Merge the selected regions',
    keys: ['J'],
    command: { kind: 'merge' },
    when: canEditSelection,
  },
  {
    id: 'fill-holes',
    title: 'Fill holes',
    keys: ['F'],
    command: { kind: 'fill-holes' },
    when: canEditSelection,
  },
  {
    id: 'drop-specks',
    title: 'Drop specks',
    keys: ['Shift+F'],
    command: { kind: 'drop-specks' },
    when: canEditSelection,
  },
];

const SELECTION_ROWS: readonly Row[] = [
  {
    id: 'next-region',
    title: 'Next region',
    keys: ['N'],
    command: { kind: 'select-next', step: 1 },
    repeats: true,
  },
  {
    id: 'previous-region',
    title: 'Previous region',
    keys: ['Shift+N'],
    command: { kind: 'select-next', step: -1 },
    repeats: true,
  },
  { id: 'select-all', title: 'Select all', keys: ['Ctrl+A'], command: { kind: 'select-all' } },
  { id: 'cancel', title: 'Cancel; clear the selection', keys: ['Escape'], command: { kind: 'cancel' } },
];

const CLASS_ROWS: readonly Row[] = [
  ...Array.from({ length: 10 }, (_, index): Row => {
    const digit = String((index + 1) % 10);
    return {
      id: `class-${index + 1}`,
      title: `Class ${index + 1}; with a selection: give it that class`,
      keys: [digit],
      command: { kind: 'assign-category-at', index },
      when: always,
    };
  }),
  {
    id: 'swap-class',
    title: 'Previous class',
    keys: ['X'],
    command: { kind: 'swap-category' },
    when: always,
  },
  { id: 'pick-class', title: 'Class under the pointer', keys: ['I'], command: { kind: 'pick-category' } },
];

const EDIT_ROWS: readonly Row[] = [
  { id: 'undo', title: 'Undo', keys: ['Ctrl+Z'], command: { kind: 'undo' }, repeats: true },
  { id: 'redo', title: 'Redo', keys: ['Ctrl+Shift+Z', 'Ctrl+Y'], command: { kind: 'redo' }, repeats: true },
];

const VIEW_ROWS: readonly Row[] = [
  { id: 'zoom-fit', title: 'Whole image', keys: ['Ctrl+0', 'Home'], command: { kind: 'zoom-fit' } },
  { id: 'zoom-actual', title: '100 %', keys: ['Ctrl+1', 'End'], command: { kind: 'zoom-actual' } },
  {
    id: 'zoom-in',
    title: 'Zoom in',
    keys: ['+', '=', 'Ctrl+=', 'Ctrl++'],
    command: { kind: 'zoom-by', factor: 1.25 },
    repeats: true,
  },
  {
    id: 'zoom-out',
    title: 'Zoom out',
    keys: ['-', 'Ctrl+-'],
    command: { kind: 'zoom-by', factor: 0.8 },
    repeats: true,
  },
  {
    id: 'opacity-less',
    title: 'Masks fainter',
    keys: [','],
    command: { kind: 'step-opacity', steps: -1 },
    when: always,
    repeats: true,
  },
  {
    id: 'opacity-more',
    title: 'Masks stronger',
    keys: ['.'],
    command: { kind: 'step-opacity', steps: 1 },
    when: always,
    repeats: true,
  },
];

function cursorRows(): Row[] {
  const ways = [
    ['left', 'ArrowLeft', -1, 0],
    ['right', 'ArrowRight', 1, 0],
    ['up', 'ArrowUp', 0, -1],
    ['down', 'ArrowDown', 0, 1],
  ] as const;
  return ways.flatMap(([name, key, dx, dy]): Row[] => [
    {
      id: `cursor-${name}`,
      title: `Move ${name}`,
      keys: [key],
      command: { kind: 'move-keyboard-cursor', dx, dy, isFine: false },
      repeats: true,
    },
    {
      id: `cursor-${name}-fine`,
      title: `Move ${name} by one pixel`,
      keys: [`Shift+${key}`],
      command: { kind: 'move-keyboard-cursor', dx, dy, isFine: true },
      repeats: true,
    },
  ]);
}

function heldCommands(editor: Editor): KeyCommand[] {
  const isEnabled = () => hasImage(editor.snapshot());
  return [
    {
      id: 'pan',
      title: 'Hold and drag: pan. At the keyboard cursor: press',
      group: 'View',
      keys: ['Space'],
      isEnabled,
      run: () =>
        editor.dispatch(
          editor.hasKeyboardCursor ? { kind: 'press-keyboard-cursor' } : { kind: 'set-panning', on: true },
        ),
      release: () => {
        editor.dispatch({ kind: 'release-keyboard-cursor' });
        editor.dispatch({ kind: 'set-panning', on: false });
      },
    },
    {
      id: 'hide-held',
      title: 'Hide masks while held',
      group: 'View',
      keys: ['H'],
      isEnabled,
      run: () => editor.dispatch({ kind: 'set-masks-hidden', on: true }),
      release: () => editor.dispatch({ kind: 'set-masks-hidden', on: false }),
    },
  ];
}

function toggleCommands(editor: Editor): KeyCommand[] {
  const isEnabled = () => true;
  return [
    {
      id: 'outline-only',
      title: 'Outlines only',
      group: 'View',
      keys: ['O'],
      isEnabled,
      run: () => editor.dispatch({ kind: 'set-outline-only', on: !editor.snapshot().outlineOnly }),
    },
    {
      id: 'masks-hidden',
      title: 'Hide or show masks',
      group: 'View',
      keys: ['Ctrl+H'],
      isEnabled,
      run: () => editor.dispatch({ kind: 'set-masks-hidden', on: !editor.snapshot().masksHidden }),
    },
  ];
}
