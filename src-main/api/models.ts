// /api/models: installed checkpoints, the one at work, and the catalogue of known ones.

import type { Hono } from 'hono';
import {
  catalogSchema,
  importModelRequestSchema,
  modelsSchema,
  modelSummarySchema,
} from '#shared/contract/wire.ts';
import type { Application } from '../services/application.ts';
import { emptyResponse, jsonResponse, readBody } from './http.ts';

export function mountModels(router: Hono, application: Application): void {
  const { models } = application;

  router.get('/api/models', async () =>
    jsonResponse(modelsSchema, {
      active: await models.chosenModelOrNull(),
      installed: await models.list(),
      provider: models.provider,
    }),
  );

  router.get('/api/models/catalog', () => jsonResponse(catalogSchema, models.catalog()));

  router.post('/api/models/import', async (context) => {
    const { folder } = await readBody(context, importModelRequestSchema);
    application.assertMayOpenFolders();
    return jsonResponse(modelSummarySchema, await models.import(folder));
  });

  router.post('/api/models/:modelId/activate', async (context) => {
    const model = await models.find(context.req.param('modelId'));
    application.changeSettings({ modelFolder: model.isDemo ? null : model.folder });
    return jsonResponse(modelSummarySchema, model);
  });

  router.delete('/api/models/:modelId', async (context) => {
    const model = await models.remove(context.req.param('modelId'));
    application.forgetModel(model);
    return emptyResponse();
  });
}
