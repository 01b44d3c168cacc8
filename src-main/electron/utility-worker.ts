// Starts worker processes as Electron utility processes. Threads stay Node threads: they hold pure TypeScript only.

import { utilityProcess } from 'electron';
import { fileURLToPath } from 'node:url';
import {
  spawnNodeWorker,
  workerEnvironment,
  type SpawnWorker,
  type WorkerDefinition,
} from '#main/workers/spawn.ts';
import type { FromWorker } from '#main/workers/worker-protocol.ts';

const STDERR_TAIL_CHARS = 4000;

export const spawnUtilityWorker: SpawnWorker = (definition) => {
  if (definition.kind === 'thread') return spawnNodeWorker(definition);
  const child = utilityProcess.fork(entryPath(definition), [], {
    serviceName: `ClearLabel ${definition.name}`,
    env: workerEnvironment(definition),
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let stderrTail = '';
  child.stderr?.on('data', (chunk: Buffer) => {
    stderrTail = (stderrTail + chunk.toString('utf8')).slice(-STDERR_TAIL_CHARS);
  });
  return {
    post: (message) => {
      child.postMessage(message);
    },
    onMessage: (listener) => {
      child.on('message', (message: FromWorker) => {
        listener(message);
      });
    },
    onExit: (listener) => {
      child.once('exit', (code) => {
        listener({ reason: `exit code ${code}`, stderrTail: stderrTail.trim() });
      });
    },
    kill: () => {
      child.kill();
    },
  };
};

function entryPath(definition: WorkerDefinition): string {
  const { entry } = definition;
  return typeof entry === 'string' && !entry.startsWith('file:') ? entry : fileURLToPath(entry);
}
