// /api/images: the list, the order of work, review states and pictures.

import type { Context, Hono } from 'hono';
import { z } from 'zod';
import { REVIEW_STATES } from '#shared/annotation/records.ts';
import {
  imageListSchema,
  imagePatchSchema,
  imageRecordSchema,
  nextImageSchema,
} from '#shared/contract/wire.ts';
import type { Application } from '../services/application.ts';
import { displayPicture, thumbnailPicture, type Picture } from '../services/pictures.ts';
import { dropImage, listImages, setReviewState } from '../services/images.ts';
import { checkInput, emptyResponse, idParameter, jsonResponse, readBody } from './http.ts';

const listQuerySchema = z.object({
  offset: z.coerce.number().int().min(0).default(0),
  limit: z.coerce.number().int().min(0).max(20_000).default(500),
  state: z.enum([...REVIEW_STATES, 'all', 'unreviewed']).default('all'),
  search: z.string().max(1000).default(''),
});

const nextQuerySchema = z.object({
  after: z.coerce.number().int().nullable().default(null),
  direction: z.enum(['forward', 'backward']).default('forward'),
  filter: z.enum(['all', 'unreviewed']).default('all'),
});

export function mountImages(router: Hono, application: Application): void {
  router.get('/api/images', (context) => {
    const query = checkInput(listQuerySchema, context.req.query());
    return jsonResponse(imageListSchema, listImages(application.project(), query));
  });

  router.get('/api/images/next', (context) => {
    const { after, direction, filter } = checkInput(nextQuerySchema, context.req.query());
    const next = application.project().store.images.neighbour(after, direction, filter);
    return jsonResponse(nextImageSchema, next ?? { imageId: null, index: null });
  });

  router.get('/api/images/:id', (context) => {
    const image = application.project().store.images.require(idParameter(context, 'id'));
    return jsonResponse(imageRecordSchema, image);
  });

  router.patch('/api/images/:id', async (context) => {
    const { state } = await readBody(context, imagePatchSchema);
    const image = setReviewState(application.project(), idParameter(context, 'id'), state);
    application.events.publish({ type: 'image', image });
    return jsonResponse(imageRecordSchema, image);
  });

  router.delete('/api/images/:id', (context) => {
    dropImage(application.project(), idParameter(context, 'id'));
    application.events.publish({ type: 'images-changed', reason: 'state' });
    return emptyResponse();
  });

  router.get('/api/images/:id/thumbnail', async (context) =>
    pictureResponse(context, await thumbnailPicture(application.project(), idParameter(context, 'id'))),
  );

  router.get('/api/images/:id/display', async (context) =>
    pictureResponse(context, await displayPicture(application.project(), idParameter(context, 'id'))),
  );
}

/** The address carries the file's time (`?v=`), so a picture may be kept until the file changes. */
function pictureResponse(context: Context, picture: Picture): Response {
  const cacheControl =
    context.req.query('v') === undefined ? 'no-cache' : 'private, max-age=31536000, immutable';
  return new Response(picture.body, {
    headers: { 'content-type': picture.mimeType, 'cache-control': cacheControl },
  });
}
