// /api/categories: the vocabulary. Every write answers with the whole list.

import type { Hono } from 'hono';
import { z } from 'zod';
import {
  addCategoriesRequestSchema,
  categoriesResponseSchema,
  categoryPatchSchema,
} from '#shared/contract/wire.ts';
import type { Application } from '../services/application.ts';
import { addCategories, changeCategory, removeCategory } from '../services/vocabulary.ts';
import { checkInput, idParameter, jsonResponse, readBody } from './http.ts';

const reassignSchema = z.union([z.literal('drop'), z.coerce.number().int()]).default('drop');

export function mountCategories(router: Hono, application: Application): void {
  const answer = (): Response =>
    jsonResponse(categoriesResponseSchema, { categories: application.project().store.categories.list() });
  const changed = (): Response => {
    application.events.publish({ type: 'categories' });
    return answer();
  };

  router.get('/api/categories', answer);

  router.post('/api/categories', async (context) => {
    const { text } = await readBody(context, addCategoriesRequestSchema);
    const { issues } = addCategories(application.project().store, text);
    for (const { message } of issues) application.events.publish({ type: 'notice', level: 'info', message });
    return changed();
  });

  router.patch('/api/categories/:id', async (context) => {
    const patch = await readBody(context, categoryPatchSchema);
    changeCategory(application.project().store, idParameter(context, 'id'), withoutUndefined(patch));
    return changed();
  });

  router.delete('/api/categories/:id', (context) => {
    const reassignTo = checkInput(reassignSchema, context.req.query('reassignTo'));
    const { store } = application.project();
    for (const imageId of removeCategory(store, idParameter(context, 'id'), reassignTo)) {
      const revision = store.images.revision(imageId);
      application.events.publish({ type: 'annotations', imageId, revision, cause: 'category' });
    }
    return changed();
  });
}

/** A patch in which absent and undefined mean the same. */
function withoutUndefined<T extends object>(patch: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(patch).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]?: Exclude<T[K], undefined>;
  };
}
