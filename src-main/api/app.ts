// GET /api/app and POST /api/session: what this host is, and which window edits.

import type { Hono } from 'hono';
import { appInfoSchema, sessionRequestSchema, sessionResponseSchema } from '#shared/contract/wire.ts';
import type { Application } from '../services/application.ts';
import { jsonResponse, readBody, sessionIdOf } from './http.ts';

export function mountApp(router: Hono, application: Application): void {
  router.get('/api/app', () => jsonResponse(appInfoSchema, application.info));

  router.post('/api/session', async (context) => {
    const { takeOver } = await readBody(context, sessionRequestSchema);
    const session = application.session.open({ takeOver, previousId: sessionIdOf(context.req.raw) });
    return jsonResponse(sessionResponseSchema, session);
  });
}
