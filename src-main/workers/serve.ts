// The worker's side of the protocol: one call in an entry file answers a WorkerHost, whether the worker is a forked
// process, an Electron utility process or a thread. Knows nothing of what the handlers do.

import { parentPort } from 'node:worker_threads';
import { AppError, errorBodyOf } from '#shared/errors.ts';
import type { CallOptions } from './messages.ts';
import type { FromWorker, ToWorker } from './worker-protocol.ts';

interface ParentLink {
  post(message: FromWorker): void;
  onMessage(listener: (message: ToWorker) => void): void;
}

/** Electron's utility process has its port here; described structurally so that this file never imports electron. */
interface UtilityParentPort {
  postMessage(message: unknown): void;
  on(event: 'message', listener: (event: { data: unknown }) => void): void;
}

type Handler = (payload: unknown, options: CallOptions) => Promise<unknown>;

/** Answers calls by the method of that name of `handlers` until told to stop or until the parent is gone. */
export function serveWorker(handlers: object): void {
  const link = findParent();
  // Ctrl+C at a terminal reaches the whole group; the parent decides when its workers end.
  process.on('SIGINT', () => undefined);
  link.onMessage((message) => {
    if (message.type === 'stop') process.exit(0);
    void answer(handlers, message, link);
  });
  link.post({ type: 'ready' });
}

async function answer(
  handlers: object,
  call: Extract<ToWorker, { type: 'call' }>,
  link: ParentLink,
): Promise<void> {
  const { id, method, payload, wantsProgress } = call;
  const options: CallOptions = wantsProgress
    ? { onProgress: (fraction) => link.post({ type: 'progress', id, fraction }) }
    : {};
  try {
    const value = await handlerOf(handlers, method)(payload, options);
    link.post({ type: 'result', id, value });
  } catch (error) {
    link.post({ type: 'error', id, error: errorBodyOf(error) });
  }
}

function handlerOf(handlers: object, method: string): Handler {
  const handler: unknown = method in Object.prototype ? undefined : Reflect.get(handlers, method);
  if (typeof handler !== 'function') throw new AppError('internal', `the worker has no method "${method}"`);
  return (payload, options) => Promise.resolve(Reflect.apply(handler, handlers, [payload, options]));
}

function findParent(): ParentLink {
  const utilityPort = (process as { parentPort?: UtilityParentPort }).parentPort;
  if (utilityPort !== undefined) {
    return {
      post: (message) => utilityPort.postMessage(message),
      onMessage: (listener) => utilityPort.on('message', (event) => listener(event.data as ToWorker)),
    };
  }
  const threadPort = parentPort;
  if (threadPort !== null) {
    return {
      post: (message) => threadPort.postMessage(message),
      onMessage: (listener) => void threadPort.on('message', listener),
    };
  }
  if (process.send === undefined) throw new Error('this file is started by ClearLabel, not by hand');
  // A parent that died closes the channel: nobody is left to answer.
  process.on('disconnect', () => process.exit(0));
  return {
    post: (message) => void process.send?.(message),
    onMessage: (listener) => void process.on('message', (message) => listener(message as ToWorker)),
  };
}
