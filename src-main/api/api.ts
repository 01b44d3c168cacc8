// The data API as one function: Request in, Response out. Electron's scheme, the browser host and tests mount the
// same function. Hono does the routing and stays inside this folder.

import { Hono } from 'hono';
import { AppError } from '#shared/errors.ts';
import type { Application } from '../services/application.ts';
import { mountAnnotations } from './annotations.ts';
import { mountApp } from './app.ts';
import { mountCategories } from './categories.ts';
import { mountEvents } from './events.ts';
import { mountExports } from './exports.ts';
import { mountFolders } from './folders.ts';
import { sessionIdOf } from './http.ts';
import { mountImages } from './images.ts';
import { mountImports } from './imports.ts';
import { mountJobs } from './jobs.ts';
import { mountModels } from './models.ts';
import { problemResponse } from './problem.ts';
import { mountProject } from './project.ts';

export type Api = (request: Request) => Promise<Response>;

/** Every failure becomes an answer with `errorBodySchema`; the promise never rejects. */
export function createApi(application: Application): Api {
  const router = new Hono();
  router.use('/api/*', async (context, next) => {
    const isWrite = context.req.method !== 'GET' && context.req.method !== 'HEAD';
    if (isWrite && context.req.path !== '/api/session')
      application.session.assertMayWrite(sessionIdOf(context.req.raw));
    await next();
  });
  mountApp(router, application);
  mountFolders(router, application);
  mountProject(router, application);
  mountCategories(router, application);
  mountImages(router, application);
  mountAnnotations(router, application);
  mountJobs(router, application);
  mountModels(router, application);
  mountExports(router, application);
  mountImports(router, application);
  mountEvents(router, application);
  router.notFound(() => problemResponse(new AppError('request/not-found', 'There is no such address.')));
  router.onError((error) => problemResponse(error));
  return async (request) => {
    try {
      return await router.fetch(request);
    } catch (error) {
      return problemResponse(error);
    }
  };
}
