// POST /api/imports/coco: first a preview, then the import; the file comes with the request or lies on this machine.

import type { Context, Hono } from 'hono';
import { importOptionsSchema, importReportSchema } from '#shared/contract/wire.ts';
import { AppError } from '#shared/errors.ts';
import type { Application } from '../services/application.ts';
import { checkInput, jsonResponse, parseJson, readBody } from './http.ts';
import { readMultipart } from './multipart.ts';

export function mountImports(router: Hono, application: Application): void {
  router.post('/api/imports/coco', async (context) => {
    const isUpload = (context.req.header('content-type') ?? '').startsWith('multipart/form-data');
    const report = isUpload
      ? await importUpload(context, application)
      : await importPath(context, application);
    return jsonResponse(importReportSchema, report);
  });
}

async function importUpload(context: Context, application: Application) {
  const upload = application.uploads().create();
  const form = await readMultipart(context.req.raw, () => upload.path);
  if (!form.files.has('file')) throw new AppError('request/invalid', 'The upload holds no file.');
  const options = checkInput(importOptionsSchema, parseJson(form.fields.get('options') ?? '{}'));
  return application.importCoco({ ...options, path: upload.path, uploadId: upload.id });
}

/** `path` names a file of this machine, or `upload:ID` the file that a preview brought. */
async function importPath(context: Context, application: Application) {
  const options = await readBody(context, importOptionsSchema);
  if (options.path === null) throw new AppError('request/invalid', 'Say which file to import.');
  const uploadId = /^upload:(.+)$/.exec(options.path)?.[1] ?? null;
  if (uploadId === null) application.assertMayOpenFolders();
  const path = uploadId === null ? options.path : application.uploads().pathOf(uploadId);
  return application.importCoco({ ...options, path, uploadId });
}
