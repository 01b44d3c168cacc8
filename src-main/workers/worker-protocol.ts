// The envelope of every message between a WorkerHost and its worker. Knows nothing of what is asked.

import type { ErrorBody } from '#shared/errors.ts';

export type ToWorker =
  { type: 'call'; id: number; method: string; payload: unknown; wantsProgress: boolean } | { type: 'stop' };

export type FromWorker =
  | { type: 'ready' }
  | { type: 'result'; id: number; value: unknown }
  | { type: 'error'; id: number; error: ErrorBody }
  | { type: 'progress'; id: number; fraction: number };
