// A parent process for the test that a worker ends when its parent is killed: prints the worker's process id.

import { WorkerHost } from '../worker-host.ts';

const host = new WorkerHost({
  name: 'probe',
  kind: 'process',
  entry: new URL('./probe-entry.ts', import.meta.url),
});
process.stdout.write(`${await host.call<number>('pid', null)}\n`);
