// /api/project: open, close, what is there, settings, and where the user was.

import type { Hono } from 'hono';
import {
  openProjectRequestSchema,
  projectSchema,
  projectSettingsPatchSchema,
  projectSettingsSchema,
  viewSchema,
} from '#shared/contract/wire.ts';
import type { Application } from '../services/application.ts';
import { projectWire } from '../services/project-summary.ts';
import { emptyResponse, jsonResponse, readBody } from './http.ts';

export function mountProject(router: Hono, application: Application): void {
  router.get('/api/project', () => jsonResponse(projectSchema, projectWire(application.project())));

  router.post('/api/project/open', async (context) => {
    const request = await readBody(context, openProjectRequestSchema);
    application.assertMayOpenFolders(request);
    const project = await application.openProject(request);
    return jsonResponse(projectSchema, projectWire(project));
  });

  router.post('/api/project/close', async () => {
    await application.closeProject('The project was closed.');
    return emptyResponse();
  });

  router.patch('/api/project/settings', async (context) => {
    const patch = await readBody(context, projectSettingsPatchSchema);
    if (patch.modelFolder !== undefined && patch.modelFolder !== null) application.assertMayOpenFolders();
    return jsonResponse(projectSettingsSchema, application.changeSettings(patch));
  });

  router.put('/api/project/view', async (context) => {
    application.project().store.settings.setView(await readBody(context, viewSchema));
    return emptyResponse();
  });
}
