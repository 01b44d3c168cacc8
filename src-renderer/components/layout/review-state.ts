// How review states look and read, everywhere the same.

import type { ReviewState } from '#shared/annotation/records.ts';

export interface ReviewStateLook {
  value: ReviewState;
  label: string;
  glyph: string;
}

export const REVIEW_STATE_LOOKS: readonly ReviewStateLook[] = [
  { value: 'todo', label: 'To do', glyph: '○' },
  { value: 'in-progress', label: 'In progress', glyph: '◐' },
  { value: 'done', label: 'Done', glyph: '●' },
  { value: 'done-empty', label: 'Done, empty', glyph: '∅' },
  { value: 'skipped', label: 'Skipped', glyph: '✕' },
];

const TODO_LOOK: ReviewStateLook = { value: 'todo', label: 'To do', glyph: '○' };

export function lookOf(state: ReviewState): ReviewStateLook {
  return REVIEW_STATE_LOOKS.find((look) => look.value === state) ?? TODO_LOOK;
}

export function fileNameOf(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}
