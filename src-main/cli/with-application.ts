// Runs one command with an application and an open project, and puts everything away whatever happens. The first
// Ctrl+C stops the work in good order, the second one at once.

import type { Application } from '../services/application.ts';
import { createApplication } from '../services/application.ts';
import { AppError } from '#shared/errors.ts';

export interface CommandContext {
  application: Application;
  /** Aborts at the first Ctrl+C. */
  signal: AbortSignal;
}

export async function withApplication<T>(work: (context: CommandContext) => Promise<T>): Promise<T> {
  const abort = new AbortController();
  const interrupt = (): void => {
    // A second Ctrl+C meets Node's default and ends the process; files are written aside and renamed, so none is half.
    abort.abort(new AppError('job/cancelled', 'Interrupted.'));
  };
  process.once('SIGINT', interrupt);
  process.once('SIGTERM', interrupt);
  const application = await createApplication({ host: 'browser', canOpenFolders: true, isLive: false });
  const working = work({ application, signal: abort.signal });
  try {
    return await Promise.race([working, rejectOnAbort(abort.signal)]);
  } finally {
    process.off('SIGINT', interrupt);
    process.off('SIGTERM', interrupt);
    await application.close();
    // Whatever was being written has been put away only when the work itself has ended.
    await working.catch(() => undefined);
  }
}

function rejectOnAbort(signal: AbortSignal): Promise<never> {
  return new Promise((_resolve, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason as AppError), { once: true });
  });
}
