// Keys of the window around the editor: images, review states, panels and dialogs. The editor brings its own.

import type { KeyCommand } from '../editor/keymap.ts';
import type { AppState } from './app-state.svelte.ts';

export function appKeyCommands(app: AppState): KeyCommand[] {
  return [...imageKeys(app), ...reviewKeys(app), ...windowKeys(app)];
}

function imageKeys(app: AppState): KeyCommand[] {
  const { navigator } = app;
  const hasImages = (): boolean => (app.project.wire?.imageCount ?? 0) > 0;
  const step = (direction: 1 | -1, unreviewed: boolean) => (): void =>
    app.run(() => navigator.step(direction, unreviewed));
  const group = 'Images';
  return [
    { id: 'image.next', title: 'Next image', group, keys: ['D'], isEnabled: hasImages, run: step(1, false) },
    {
      id: 'image.previous',
      title: 'Previous image',
      group,
      keys: ['A'],
      isEnabled: hasImages,
      run: step(-1, false),
    },
    {
      id: 'image.next-unreviewed',
      title: 'Next image to review',
      group,
      keys: ['Shift+D'],
      isEnabled: hasImages,
      run: step(1, true),
    },
    {
      id: 'image.previous-unreviewed',
      title: 'Previous image to review',
      group,
      keys: ['Shift+A'],
      isEnabled: hasImages,
      run: step(-1, true),
    },
    {
      id: 'image.search',
      title: 'Search images by name',
      group,
      keys: ['Ctrl+F'],
      isEnabled: hasImages,
      run: () => {
        app.preferences.set({ isFilmstripOpen: true });
        focusField('image-search');
      },
      worksInTextFields: true,
    },
  ];
}

function reviewKeys(app: AppState): KeyCommand[] {
  const { navigator } = app;
  const canReview = (): boolean => navigator.current !== null && app.session.isOwner;
  const group = 'Review';
  return [
    {
      id: 'review.done',
      title: 'Mark as done and go on',
      group,
      keys: ['Ctrl+Enter'],
      isEnabled: canReview,
      run: () => app.run(() => navigator.markDoneAndNext()),
    },
    {
      id: 'review.skip',
      title: 'Skip and go on',
      group,
      keys: ['Ctrl+Space'],
      isEnabled: canReview,
      run: () => app.run(() => navigator.skipAndNext()),
    },
    {
      id: 'prelabel.folder',
      title: 'Pre-label the folder',
      group,
      keys: ['Ctrl+B'],
      isEnabled: () => app.session.isOwner && app.jobs.prelabel === null && app.project.categories.length > 0,
      run: () => app.run(() => app.startPrelabel()),
    },
  ];
}

function windowKeys(app: AppState): KeyCommand[] {
  const isOpen = (): boolean => app.project.wire !== null;
  const group = 'Window';
  return [
    {
      id: 'vocabulary.focus',
      title: 'Type class names',
      group,
      keys: ['/'],
      isEnabled: isOpen,
      run: () => {
        app.preferences.set({ isLeftOpen: true });
        focusField('vocabulary-box');
      },
    },
    {
      id: 'window.keys',
      title: 'Show all keys',
      group,
      keys: ['F1', '?'],
      isEnabled: () => true,
      run: () => app.dialogs.open({ name: 'keys' }),
    },
    {
      id: 'window.export',
      title: 'Export',
      group,
      keys: ['Ctrl+Shift+E'],
      isEnabled: isOpen,
      run: () => app.dialogs.open({ name: 'export' }),
    },
    {
      id: 'window.checkpoint',
      title: 'Save (always on)',
      group,
      keys: ['Ctrl+S'],
      isEnabled: isOpen,
      run: () => app.run(() => app.confirmSaved()),
      worksInTextFields: true,
    },
  ];
}

/** After the panel that holds the field has been drawn. */
function focusField(id: string): void {
  requestAnimationFrame(() => {
    const field = document.getElementById(id);
    if (!(field instanceof HTMLInputElement)) return;
    field.focus();
    field.select();
  });
}

export interface KeyGroup {
  title: string;
  commands: KeyCommand[];
}

/** In the order in which the groups first appear. */
export function groupKeys(commands: readonly KeyCommand[]): KeyGroup[] {
  const groups: KeyGroup[] = [];
  for (const command of commands) {
    const group = groups.find((item) => item.title === command.group);
    if (group === undefined) groups.push({ title: command.group, commands: [command] });
    else group.commands.push(command);
  }
  return groups;
}
