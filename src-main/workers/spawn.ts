// How a worker comes to life: a forked Node process or a worker thread, behind one channel interface so that
// Electron can put its utility process in the same place. Knows nothing of calls and answers.

import { fork, type ChildProcess } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import type { FromWorker, ToWorker } from './worker-protocol.ts';

export interface WorkerDefinition {
  /** Shown in error sentences: "The imaging process …". */
  name: string;
  kind: 'process' | 'thread';
  /** The entry file: a `file:` URL or an absolute path. */
  entry: URL | string;
  env?: Readonly<Record<string, string>>;
  /** Calls that may be under way at once; further ones wait in the host. Default 1. */
  concurrency?: number;
  /**
   * What an aborted call does to the worker: `kill` stops the work at once (other calls are sent again to the next
   * worker), `forget` lets the worker finish and drops the answer. Default `kill`.
   */
  onCancel?: 'kill' | 'forget';
  /** A call that takes longer is treated as a crash; default: no limit. */
  callTimeoutMs?: number;
}

export interface WorkerExit {
  /** "exit code 134", "signal SIGSEGV" or the error of a thread. */
  reason: string;
  /** Last lines that the worker wrote to its standard error. */
  stderrTail: string;
}

/** A living worker. `onExit` fires exactly once, also after `kill`. */
export interface WorkerChannel {
  post(message: ToWorker): void;
  onMessage(listener: (message: FromWorker) => void): void;
  onExit(listener: (exit: WorkerExit) => void): void;
  /** Stops the worker at once, whatever it is doing. */
  kill(): void;
}

export type SpawnWorker = (definition: WorkerDefinition) => WorkerChannel;

/** Environment of every worker. onnxruntime sends usage data unless told not to before it is loaded. */
export function workerEnvironment(definition: WorkerDefinition): NodeJS.ProcessEnv {
  return { ...process.env, ...definition.env, ORT_DISABLE_TELEMETRY: '1' };
}

/** Node's own spawner: `child_process.fork` with structured clone, or a worker thread. */
export const spawnNodeWorker: SpawnWorker = (definition) =>
  definition.kind === 'process' ? spawnProcess(definition) : spawnThread(definition);

const STDERR_TAIL_CHARS = 4000;

function entryPath(entry: URL | string): string {
  return typeof entry === 'string' && !entry.startsWith('file:') ? entry : fileURLToPath(entry);
}

function spawnProcess(definition: WorkerDefinition): WorkerChannel {
  const child = fork(entryPath(definition.entry), [], {
    serialization: 'advanced',
    env: workerEnvironment(definition),
    execArgv: [],
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  });
  const readTail = collectTail(child.stderr);
  return {
    // A child that has just died must not throw here: its exit event follows and settles every call.
    post: (message) => void (child.connected && child.send(message, () => {})),
    onMessage: (listener) => void child.on('message', (message) => listener(message as FromWorker)),
    onExit: (listener) => onProcessExit(child, (reason) => listener({ reason, stderrTail: readTail() })),
    kill: () => void child.kill('SIGKILL'),
  };
}

function onProcessExit(child: ChildProcess, listener: (reason: string) => void): void {
  let hasFired = false;
  const fire = (reason: string): void => {
    if (hasFired) return;
    hasFired = true;
    listener(reason);
  };
  child.on('error', (error) => {
    // Spawning failed: no exit event will come.
    if (child.pid === undefined) fire(error.message);
  });
  // 'close' comes after 'exit', when standard error has been read to its end.
  child.on('close', (code, signal) => fire(signal === null ? `exit code ${code}` : `signal ${signal}`));
}

function spawnThread(definition: WorkerDefinition): WorkerChannel {
  const worker = new Worker(entryPath(definition.entry), {
    env: workerEnvironment(definition),
    execArgv: [],
    stderr: true,
  });
  const readTail = collectTail(worker.stderr);
  let lastError = '';
  worker.on('error', (error) => (lastError = error instanceof Error ? error.message : String(error)));
  return {
    post: (message) => worker.postMessage(message),
    onMessage: (listener) => void worker.on('message', (message: FromWorker) => listener(message)),
    onExit: (listener) =>
      void worker.once('exit', (code) =>
        listener({ reason: lastError || `exit code ${code}`, stderrTail: readTail() }),
      ),
    kill: () => void worker.terminate(),
  };
}

function collectTail(stream: NodeJS.ReadableStream | null): () => string {
  let tail = '';
  stream?.setEncoding('utf8');
  stream?.on('data', (chunk: string) => {
    tail = (tail + chunk).slice(-STDERR_TAIL_CHARS);
  });
  return () => tail.trim();
}
