// Loaded before a worker entry in a forked Node process: gives it the `process.parentPort` that Electron's utility
// process has, so that the entry takes the same path as there. Only tests use it.

import { EventEmitter } from 'node:events';

class ParentPort extends EventEmitter {
  postMessage(message: unknown): void {
    process.send?.(message);
  }
}

const port = new ParentPort();
process.on('message', (data) => {
  port.emit('message', { data });
});
Object.defineProperty(process, 'parentPort', { value: port });
