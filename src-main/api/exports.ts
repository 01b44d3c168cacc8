// /api/exports: writes the dataset and hands written files out. A name never leads out of the exports folder.

import type { Hono } from 'hono';
import { exportReportSchema, exportRequestSchema } from '#shared/contract/wire.ts';
import type { Application } from '../services/application.ts';
import { openExport } from '../services/export-files.ts';
import { jsonResponse, readBody } from './http.ts';

export function mountExports(router: Hono, application: Application): void {
  router.post('/api/exports/coco', async (context) => {
    const request = await readBody(context, exportRequestSchema);
    if (request.target !== null) application.assertMayOpenFolders();
    return jsonResponse(exportReportSchema, await application.exportCoco(request));
  });

  router.get('/api/exports/:name', async (context) => {
    const file = await openExport(application.project(), context.req.param('name'));
    return new Response(file.body, {
      headers: {
        'content-type': 'application/json',
        'content-length': String(file.sizeBytes),
        'content-disposition': `attachment; filename*=UTF-8''${encodeURIComponent(file.name)}`,
        'cache-control': 'no-store',
      },
    });
  });
}
