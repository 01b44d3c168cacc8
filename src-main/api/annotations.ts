// /api/images/:id/annotations, edits and relabel: the document of one image.

import type { Hono } from 'hono';
import {
  annotationsSchema,
  editRequestSchema,
  editResponseSchema,
  relabelRequestSchema,
  relabelResponseSchema,
} from '#shared/contract/wire.ts';
import { readAnnotations, saveEdit } from '../services/annotations.ts';
import type { Application } from '../services/application.ts';
import { idParameter, jsonResponse, readBody } from './http.ts';

export function mountAnnotations(router: Hono, application: Application): void {
  router.get('/api/images/:id/annotations', (context) =>
    jsonResponse(annotationsSchema, readAnnotations(application.project().store, idParameter(context, 'id'))),
  );

  router.post('/api/images/:id/edits', async (context) => {
    const edit = await readBody(context, editRequestSchema);
    const saved = saveEdit(application.project().store, idParameter(context, 'id'), edit);
    application.events.publish({ type: 'image', image: saved.image });
    return jsonResponse(editResponseSchema, saved);
  });

  router.post('/api/images/:id/relabel', async (context) => {
    const { thresholds } = await readBody(context, relabelRequestSchema);
    const result = await application.relabel(idParameter(context, 'id'), thresholds);
    return jsonResponse(relabelResponseSchema, result);
  });
}
