// /api/jobs: long work, its progress and its switches.

import type { Hono } from 'hono';
import { jobListSchema, jobSchema, prelabelRequestSchema } from '#shared/contract/wire.ts';
import type { Application } from '../services/application.ts';
import { jsonResponse, readBody } from './http.ts';

export function mountJobs(router: Hono, application: Application): void {
  router.get('/api/jobs', () => jsonResponse(jobListSchema, { jobs: application.jobs.list() }));

  router.post('/api/jobs/prelabel', async (context) => {
    const { imageIds } = await readBody(context, prelabelRequestSchema);
    return jsonResponse(jobSchema, application.startPrelabel({ imageIds }));
  });

  router.post('/api/jobs/:id/pause', (context) =>
    jsonResponse(jobSchema, application.jobs.pause(context.req.param('id'))),
  );
  router.post('/api/jobs/:id/resume', (context) =>
    jsonResponse(jobSchema, application.jobs.resume(context.req.param('id'))),
  );
  router.post('/api/jobs/:id/cancel', (context) =>
    jsonResponse(jobSchema, application.jobs.cancel(context.req.param('id'))),
  );
}
