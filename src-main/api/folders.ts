// GET /api/folders: sub-folders for the folder picker of the browser host.

import type { Hono } from 'hono';
import { folderListSchema } from '#shared/contract/wire.ts';
import type { Application } from '../services/application.ts';
import { listFolders } from '../services/folders.ts';
import { jsonResponse } from './http.ts';

export function mountFolders(router: Hono, application: Application): void {
  router.get('/api/folders', async (context) => {
    application.assertMayOpenFolders();
    const path = context.req.query('path') ?? '';
    return jsonResponse(
      folderListSchema,
      await listFolders(path === '' ? application.info.homeFolder : path),
    );
  });
}
