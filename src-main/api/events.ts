// GET /api/events: what changed, as server-sent events. The open stream is also what keeps a window's session.

import type { Context, Hono } from 'hono';
import type { EventWire } from '#shared/contract/wire.ts';
import type { Application } from '../services/application.ts';

const KEEP_ALIVE_MS = 15_000;

export function mountEvents(router: Hono, application: Application): void {
  router.get('/api/events', (context: Context) => {
    const sessionId = context.req.query('session') ?? null;
    return new Response(eventStream(application, sessionId, context.req.raw.signal), {
      headers: {
        'content-type': 'text/event-stream; charset=utf-8',
        'cache-control': 'no-store',
        'x-accel-buffering': 'no',
      },
    });
  });
}

function eventStream(
  application: Application,
  sessionId: string | null,
  signal: AbortSignal,
): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder();
  let close = (): void => undefined;
  return new ReadableStream<Uint8Array>({
    start(controller) {
      const send = (event: EventWire): void =>
        controller.enqueue(encoder.encode(`data: ${JSON.stringify(event)}\n\n`));
      const unsubscribe = application.events.subscribe(send);
      const detach = sessionId === null ? () => undefined : application.session.attachStream(sessionId);
      const timer = setInterval(() => controller.enqueue(encoder.encode(': \n\n')), KEEP_ALIVE_MS);
      timer.unref();
      let isClosed = false;
      close = () => {
        if (isClosed) return;
        isClosed = true;
        clearInterval(timer);
        unsubscribe();
        detach();
      };
      signal.addEventListener('abort', () => close(), { once: true });
      send({ type: 'hello', sessionOwner: application.session.owner });
    },
    cancel: () => close(),
  });
}
