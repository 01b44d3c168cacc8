// A worker for the tests of WorkerHost: echoes, reports progress, fails, hangs, blocks, crashes.

import { writeFileSync } from 'node:fs';
import { AppError } from '#shared/errors.ts';
import type { CallOptions } from '../messages.ts';
import { serveWorker } from '../serve.ts';

let opened: string | null = null;

if (process.env['PROBE_EXIT_AT_START'] === '1') {
  process.stderr.write('cannot start here\n');
  process.exit(3);
}

serveWorker({
  echo: (payload: unknown) => Promise.resolve(payload),
  pid: () => Promise.resolve(process.pid),
  environment: (name: string) => Promise.resolve(process.env[name] ?? null),
  count: (upTo: number, options: CallOptions) => {
    for (let i = 1; i <= upTo; i++) options.onProgress?.(i / upTo);
    return Promise.resolve(upTo);
  },
  refuse: () =>
    Promise.reject(new AppError('image/truncated', 'The file ends early.', { details: { at: 7 } })),
  crash: (message: string) => {
    process.stderr.write(`${message}\n`, () => process.kill(process.pid, 'SIGKILL'));
    return new Promise(() => {});
  },
  hang: (markerFile: string) => {
    writeFileSync(markerFile, String(process.pid));
    return new Promise(() => {});
  },
  block: (markerFile: string) => {
    writeFileSync(markerFile, String(process.pid));
    for (;;) {
      // Like a native call that never returns to the event loop.
    }
  },
  open: (name: string) => {
    opened = name;
    return Promise.resolve(name);
  },
  opened: () => Promise.resolve(opened),
});
