// Reads typed class lists: "sky, tree=oak|pine, house", one class per comma or line. Pure; nothing is stored here.

import { AppError } from '#shared/errors.ts';

export const MAX_NAME_LENGTH = 100;
export const MAX_CLASSES = 1000;

export interface TypedClass {
  name: string;
  /** Synonyms after `=`; empty = the name itself. */
  prompts: string[];
}

export interface VocabularyIssue {
  text: string;
  message: string;
}

export interface ParsedVocabulary {
  classes: TypedClass[];
  /** What was left out or merged, in words for the user. */
  issues: VocabularyIssue[];
}

/**
 * Parses a typed list. Doubled names (whatever their case) are kept once and named in `issues`.
 * @throws AppError `vocabulary/invalid` when nothing usable is there or a name cannot be used.
 */
export function parseVocabulary(text: string): ParsedVocabulary {
  const classes: TypedClass[] = [];
  const issues: VocabularyIssue[] = [];
  const known = new Set<string>();
  for (const entry of text.split(/[,\n\r]/)) {
    const typed = parseClass(entry);
    if (typed === null) continue;
    const key = nameKey(typed.name);
    if (known.has(key)) {
      issues.push({ text: typed.name, message: `"${typed.name}" is listed twice; it is kept once.` });
      continue;
    }
    known.add(key);
    classes.push(typed);
  }
  if (classes.length === 0) {
    throw new AppError('vocabulary/invalid', 'Type at least one class name, for example "sky, tree, house".');
  }
  if (classes.length > MAX_CLASSES) {
    throw new AppError(
      'vocabulary/invalid',
      `${classes.length} classes are too many: at most ${MAX_CLASSES} can be used.`,
    );
  }
  return { classes, issues };
}

/** Two names are the same class when they differ only in case, blanks or Unicode composition. */
export function nameKey(name: string): string {
  return name.normalize('NFC').toLowerCase().replace(/\s+/gu, ' ').trim();
}

/**
 * A name or synonym as it is stored: blanks collapsed, control characters gone.
 * @throws AppError `vocabulary/invalid` when nothing is left or more than 100 characters.
 */
export function cleanName(text: string): string {
  const name = collapse(text);
  if (name === '') throw new AppError('vocabulary/invalid', 'A class name must not be empty.');
  const length = [...name].length;
  if (length > MAX_NAME_LENGTH) {
    throw new AppError(
      'vocabulary/invalid',
      `The class name "${[...name].slice(0, 24).join('')}…" has ${length} characters: at most ${MAX_NAME_LENGTH} are possible.`,
      { details: { length } },
    );
  }
  return name;
}

/** Cleaned synonyms without doubles; a list that only repeats the name is the empty list. */
export function cleanPrompts(name: string, prompts: readonly string[]): string[] {
  const unique = new Map<string, string>();
  for (const prompt of prompts) {
    if (collapse(prompt) === '') continue;
    const cleaned = cleanName(prompt);
    const key = nameKey(cleaned);
    if (!unique.has(key)) unique.set(key, cleaned);
  }
  const only = [...unique.keys()];
  return only.length === 1 && only[0] === nameKey(name) ? [] : [...unique.values()];
}

function parseClass(entry: string): TypedClass | null {
  const cut = entry.indexOf('=');
  const nameText = cut < 0 ? entry : entry.slice(0, cut);
  const promptTexts = cut < 0 ? [] : entry.slice(cut + 1).split('|');
  if (collapse(nameText) === '') {
    if (promptTexts.every((prompt) => collapse(prompt) === '')) return null;
    throw new AppError('vocabulary/invalid', `"${collapse(entry)}" has no class name before "=".`);
  }
  const name = cleanName(nameText);
  return { name, prompts: cleanPrompts(name, promptTexts) };
}

function collapse(text: string): string {
  return text
    .replace(/[\p{Cc}\p{Zl}\p{Zp}]/gu, ' ')
    .replace(/\s+/gu, ' ')
    .trim();
}
