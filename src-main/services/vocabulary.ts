// The classes of a project: adds typed lists, changes and removes classes, and keeps names distinct and colours apart.

import { nextClassColor } from '#shared/color/palette.ts';
import type { Category, CategoryId, ImageId } from '#shared/annotation/records.ts';
import { AppError } from '#shared/errors.ts';
import type { CategoryPatch } from '../store/category-repository.ts';
import type { Store } from '../store/store.ts';
import { cleanName, cleanPrompts, MAX_CLASSES, nameKey, parseVocabulary } from './vocabulary-text.ts';
import type { VocabularyIssue } from './vocabulary-text.ts';

/** A pixel is labelled by default whenever some class wins it. */
const DEFAULT_THRESHOLD = 0;

/** Amorphous surroundings: one region per image fits them better than one per patch. */
const STUFF_NAMES = new Set(
  (
    'sky cloud clouds grass road street pavement sidewalk ground floor wall ceiling water sea ocean river lake sand ' +
    'beach snow field mountain hill forest background vegetation soil dirt earth'
  ).split(' '),
);

export interface AddedCategories {
  added: Category[];
  issues: VocabularyIssue[];
}

/**
 * Adds the classes of a typed list; one that exists keeps its colour and gets the typed synonyms, if any.
 * @throws AppError `vocabulary/invalid`
 */
export function addCategories(store: Store, text: string): AddedCategories {
  const { classes, issues } = parseVocabulary(text);
  return store.transaction(() => {
    const known = new Map(store.categories.list().map((category) => [nameKey(category.name), category]));
    if (known.size + classes.length > MAX_CLASSES) {
      throw new AppError('vocabulary/invalid', `A project can have at most ${MAX_CLASSES} classes.`);
    }
    const added: Category[] = [];
    for (const typed of classes) {
      const existing = known.get(nameKey(typed.name));
      if (existing === undefined) {
        const colors = [...known.values()].map((category) => category.color);
        const category = addCategory(store, typed.name, typed.prompts, colors);
        known.set(nameKey(typed.name), category);
        added.push(category);
      } else if (typed.prompts.length > 0) {
        store.categories.update(existing.id, { prompts: typed.prompts });
        issues.push({
          text: typed.name,
          message: `"${existing.name}" was there; its synonyms were replaced.`,
        });
      } else issues.push({ text: typed.name, message: `"${existing.name}" is a class already.` });
    }
    return { added, issues };
  });
}

/** Makes the project's vocabulary exactly this list; classes that are not in it lose their proposals. */
export function setCategories(store: Store, text: string): AddedCategories {
  return store.transaction(() => {
    const result = addCategories(store, text);
    const wanted = parseVocabulary(text).classes;
    const keys = wanted.map((typed) => nameKey(typed.name));
    for (const category of store.categories.list()) {
      const order = keys.indexOf(nameKey(category.name));
      if (order >= 0) {
        store.categories.update(category.id, { prompts: wanted[order]?.prompts ?? [] });
        continue;
      }
      const isInUse = (store.categories.counts().get(category.id)?.regions ?? 0) > 0;
      if (isInUse)
        result.issues.push({ text: category.name, message: `"${category.name}" has regions; it stays.` });
      else store.categories.remove(category.id, null);
    }
    return result;
  });
}

/** @throws AppError `vocabulary/invalid`, `request/not-found` */
export function changeCategory(store: Store, id: CategoryId, patch: CategoryPatch): Category {
  return store.transaction(() => {
    const current = store.categories.require(id);
    const name = patch.name === undefined ? current.name : cleanName(patch.name);
    const twin = store.categories
      .list()
      .find((other) => other.id !== id && nameKey(other.name) === nameKey(name));
    if (twin !== undefined) {
      throw new AppError('vocabulary/invalid', `There is a class "${twin.name}" already.`);
    }
    const cleaned: CategoryPatch = { ...patch, name };
    if (patch.prompts !== undefined) cleaned.prompts = cleanPrompts(name, patch.prompts);
    return store.categories.update(id, cleaned);
  });
}

/** Removes a class; its regions go to another class or are dropped. @returns the images that changed */
export function removeCategory(store: Store, id: CategoryId, reassignTo: CategoryId | 'drop'): ImageId[] {
  return store.categories.remove(id, reassignTo === 'drop' ? null : reassignTo);
}

/** Adds one class that no typed list gave (import); the name must be new. */
export function addCategory(
  store: Store,
  name: string,
  prompts: string[],
  colorsInUse: readonly string[],
  supercategory = '',
): Category {
  return store.categories.add({
    name,
    color: nextClassColor(colorsInUse),
    prompts,
    threshold: DEFAULT_THRESHOLD,
    kind: STUFF_NAMES.has(nameKey(name)) ? 'stuff' : 'thing',
    supercategory,
  });
}

/** The words that go to the text tower for a class. */
export function queriesOf(category: Pick<Category, 'name' | 'prompts'>): string[] {
  return category.prompts.length === 0 ? [category.name] : category.prompts;
}
