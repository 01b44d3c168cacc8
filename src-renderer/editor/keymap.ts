// Turns key events into commands of one table. Knows keyboards (layouts, text fields, held keys); must not know what
// a command does.

export interface KeyCommand {
  readonly id: string;
  /** As the key list (F1) shows it. */
  readonly title: string;
  /** Heading in the key list. */
  readonly group: string;
  /** Such as 'Ctrl+Shift+A', '[', 'Space', 'Escape', 'ArrowLeft'. Ctrl is Command on a Mac. */
  readonly keys: readonly string[];
  isEnabled(): boolean;
  run(): void;
  /** Makes it a command that lasts while the key is held. */
  release?(): void;
  /** Runs again while the key repeats. */
  readonly repeats?: boolean;
  /** Works while a text field has the focus. */
  readonly worksInTextFields?: boolean;
}

/** What the keymap needs of a KeyboardEvent. */
export interface KeyInput {
  key: string;
  code: string;
  ctrlKey: boolean;
  metaKey: boolean;
  shiftKey: boolean;
  altKey: boolean;
  repeat: boolean;
  isComposing: boolean;
  /** True when AltGr made the character. */
  isAltGraph: boolean;
}

/** `text`: letters belong to the field. `control`: a button or list keeps Space, Enter and the arrows. */
export type FocusKind = 'free' | 'control' | 'text';

const CODE_CHARACTERS: Readonly<Record<string, string>> = {
  BracketLeft: '[',
  BracketRight: ']',
  Comma: ',',
  Period: '.',
  Slash: '/',
  Minus: '-',
  Equal: '=',
  NumpadAdd: '+',
  NumpadSubtract: '-',
};

const KEYS_OF_CONTROLS = new Set([
  'Space',
  'Enter',
  'ArrowLeft',
  'ArrowRight',
  'ArrowUp',
  'ArrowDown',
  'Home',
  'End',
  'PageUp',
  'PageDown',
]);

/**
 * Names under which an event may stand in the table, best first. Letters go by what is printed on the key, and by
 * the key's place where the layout has no Latin letters; digits and brackets by place as well, because many layouts
 * need Shift or AltGr for them.
 */
export function keyNamesOf(input: KeyInput): string[] {
  const digit = /^(?:Digit|Numpad)(\d)$/.exec(input.code)?.[1];
  const place = digit ?? CODE_CHARACTERS[input.code] ?? /^Key([A-Z])$/.exec(input.code)?.[1];
  const names: string[] = [];
  const add = (key: string, isShifted: boolean) => {
    const modifiers = [
      (input.ctrlKey || input.metaKey) && !input.isAltGraph ? 'Ctrl+' : '',
      isShifted ? 'Shift+' : '',
      input.altKey && !input.isAltGraph ? 'Alt+' : '',
    ];
    const name = modifiers.join('') + key;
    if (!names.includes(name)) names.push(name);
  };
  if (input.code === 'Space' || input.key === ' ') add('Space', input.shiftKey);
  else if (input.key.length > 1 && input.key !== 'Dead' && input.key !== 'Unidentified')
    add(input.key, input.shiftKey);
  else if (/^[a-z]$/i.test(input.key)) add(input.key.toUpperCase(), input.shiftKey);
  else {
    // A character that Shift made already says so itself: '?' and not 'Shift+?'.
    if (/^[[\]{},./?+=\-<>]$/.test(input.key)) add(input.key, false);
    if (place !== undefined) add(place, input.shiftKey);
  }
  return names;
}

export class Keymap {
  readonly #byKey = new Map<string, KeyCommand>();
  readonly #held = new Map<string, KeyCommand>();

  /** @throws Error when two commands want the same key. */
  constructor(commands: readonly KeyCommand[]) {
    for (const command of commands) {
      for (const key of command.keys) {
        const other = this.#byKey.get(key);
        if (other) throw new Error(`${key} belongs to both "${other.id}" and "${command.id}"`);
        this.#byKey.set(key, command);
      }
    }
  }

  /** Answers true when the key was taken: the browser must not act on it. */
  keyDown(input: KeyInput, focus: FocusKind): boolean {
    if (input.isComposing) return false;
    const name = keyNamesOf(input).find((candidate) => this.#byKey.has(candidate));
    const command = name === undefined ? undefined : this.#byKey.get(name);
    if (!name || !command) return false;
    if (focus === 'text' && !command.worksInTextFields) return false;
    if (focus === 'control' && KEYS_OF_CONTROLS.has(name.replace(/^(?:Ctrl\+|Shift\+|Alt\+)*/, '')))
      return false;
    if (input.repeat && !command.repeats) return true;
    if (!command.isEnabled()) return false;
    if (command.release) this.#held.set(input.code, command);
    command.run();
    return true;
  }

  keyUp(input: Pick<KeyInput, 'code'>): boolean {
    const command = this.#held.get(input.code);
    this.#held.delete(input.code);
    command?.release?.();
    return command !== undefined;
  }

  /** The window lost the focus: no key-up will come. */
  releaseAll(): void {
    for (const command of this.#held.values()) command.release?.();
    this.#held.clear();
  }
}

/** What has the focus, as far as keys are concerned. The canvas container carries `data-editor-canvas`. */
export function focusKindOf(target: EventTarget | null): FocusKind {
  if (!(target instanceof HTMLElement)) return 'free';
  if (
    target.isContentEditable ||
    target.closest('textarea, [contenteditable]:not([contenteditable="false"])')
  ) {
    return 'text';
  }
  if (target instanceof HTMLInputElement) return isTextInput(target) ? 'text' : 'control';
  if (target instanceof HTMLSelectElement) return 'text';
  const isFree = target === target.ownerDocument.body || target.closest('[data-editor-canvas]') !== null;
  return isFree ? 'free' : 'control';
}

/** Listens on a window or element; the answer stops it. `isSuspended`: a dialog is open. */
export function attachKeymap(
  target: EventTarget,
  keymap: Keymap,
  isSuspended: () => boolean = () => false,
): () => void {
  const abort = new AbortController();
  const options = { signal: abort.signal };
  const on = (name: string, run: (event: Event) => void) => target.addEventListener(name, run, options);
  on('keydown', (event) => {
    if (!(event instanceof KeyboardEvent) || event.defaultPrevented || isSuspended()) return;
    if (keymap.keyDown(inputOf(event), focusKindOf(event.target))) event.preventDefault();
  });
  on('keyup', (event) => {
    if (event instanceof KeyboardEvent && keymap.keyUp(event)) event.preventDefault();
  });
  on('blur', () => keymap.releaseAll());
  return () => {
    keymap.releaseAll();
    abort.abort();
  };
}

function inputOf(event: KeyboardEvent): KeyInput {
  const { key, code, ctrlKey, metaKey, shiftKey, altKey, repeat, isComposing } = event;
  const isAltGraph = event.getModifierState('AltGraph');
  return { key, code, ctrlKey, metaKey, shiftKey, altKey, repeat, isComposing, isAltGraph };
}

const BUTTON_LIKE_INPUTS = new Set([
  'button',
  'checkbox',
  'color',
  'file',
  'image',
  'radio',
  'range',
  'reset',
  'submit',
]);

function isTextInput(input: HTMLInputElement): boolean {
  return !BUTTON_LIKE_INPUTS.has(input.type);
}
