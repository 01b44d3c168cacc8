// Keeps one worker alive: starts it at the first call, queues, reports progress, cancels by killing, starts it
// again after a crash and gives up after three failures in a row. Knows nothing of images or models.

import { AppError, errorFromBody } from '#shared/errors.ts';
import type { CallOptions } from './messages.ts';
import {
  spawnNodeWorker,
  type SpawnWorker,
  type WorkerChannel,
  type WorkerDefinition,
  type WorkerExit,
} from './spawn.ts';
import type { FromWorker } from './worker-protocol.ts';

export type WorkerState = 'idle' | 'starting' | 'running' | 'broken' | 'stopped';

/** What the `onBreaker` listeners learn: services fall back to the CPU and say why. */
export interface BreakerReport {
  worker: string;
  failures: number;
  reason: string;
  stderrTail: string;
}

const FAILURES_TO_BREAK = 3;
const STOP_GRACE_MS = 3000;

interface PendingCall {
  id: number;
  method: string;
  payload: unknown;
  /** Replayed after a restart; its success says nothing about the call that crashed. */
  isSetup: boolean;
  /** The caller has given up; the worker may still be busy with it. */
  isAbandoned: boolean;
  onProgress: ((fraction: number) => void) | undefined;
  resolve(value: unknown): void;
  reject(error: unknown): void;
  timer: NodeJS.Timeout | null;
}

export class WorkerHost {
  readonly definition: WorkerDefinition;
  readonly #spawn: SpawnWorker;
  readonly #stateListeners = new Set<(state: WorkerState) => void>();
  readonly #breakerListeners = new Set<(report: BreakerReport) => void>();
  readonly #setup = new Map<string, unknown>();
  readonly #failedMethods = new Set<string>();
  #inFlight = new Map<number, PendingCall>();
  #queue: PendingCall[] = [];
  #channel: WorkerChannel | null = null;
  #state: WorkerState = 'idle';
  #isSettingUp = false;
  #failuresInRow = 0;
  #nextId = 1;

  constructor(definition: WorkerDefinition, options: { spawn?: SpawnWorker } = {}) {
    this.definition = definition;
    this.#spawn = options.spawn ?? spawnNodeWorker;
  }

  get state(): WorkerState {
    return this.#state;
  }

  /** Returns the function that ends the subscription. */
  onStateChange(listener: (state: WorkerState) => void): () => void {
    this.#stateListeners.add(listener);
    return () => this.#stateListeners.delete(listener);
  }

  /** Called when the third failure in a row stops the host until `reset()`. */
  onBreaker(listener: (report: BreakerReport) => void): () => void {
    this.#breakerListeners.add(listener);
    return () => this.#breakerListeners.delete(listener);
  }

  /**
   * Asks the worker. Rejects with the worker's own AppError, with `process/exited` when the worker died during this
   * call, `process/failed-repeatedly` when the breaker is open, `job/cancelled` when `signal` fired.
   */
  call<T>(method: string, payload: unknown, options: CallOptions = {}): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      if (options.signal?.aborted) return reject(cancelled(this.definition.name));
      if (this.#state === 'broken') return reject(this.#brokenError());
      if (this.#state === 'stopped') return reject(this.#stoppedError());
      const call = this.#createCall(method, payload, options, (value) => resolve(value as T), reject);
      this.#queue.push(call);
      this.#pump();
    });
  }

  /**
   * Remembers a call that puts the worker into a state (open this model): it is made again after every restart,
   * before anything else. One entry per method; `null` forgets it.
   */
  rememberSetup(method: string, payload: unknown): void {
    if (payload === null) this.#setup.delete(method);
    else this.#setup.set(method, payload);
  }

  /** Closes the breaker: the next call starts a fresh worker. */
  reset(): void {
    if (this.#state === 'stopped') return;
    this.#failuresInRow = 0;
    this.#failedMethods.clear();
    if (this.#state === 'broken') this.#setState('idle');
  }

  /** Kills the worker now; calls under way and waiting are sent to a fresh one. */
  restart(): void {
    this.#dropChannel();
    this.#requeueInFlight();
    this.#setState('idle');
    this.#pump();
  }

  /** Ends the worker in good order (killed after a grace period); every open call rejects. */
  async stop(): Promise<void> {
    if (this.#state === 'stopped') return;
    const channel = this.#channel;
    this.#channel = null;
    this.#setState('stopped');
    this.#rejectAll(this.#stoppedError());
    if (channel === null) return;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(() => channel.kill(), STOP_GRACE_MS);
      channel.onExit(() => {
        clearTimeout(timer);
        resolve();
      });
      channel.post({ type: 'stop' });
    });
  }

  #createCall(
    method: string,
    payload: unknown,
    options: CallOptions,
    resolve: (value: unknown) => void,
    reject: (error: unknown) => void,
  ): PendingCall {
    const { signal } = options;
    const onAbort = (): void => this.#cancel(call);
    const settle = (): void => {
      signal?.removeEventListener('abort', onAbort);
      if (call.timer !== null) clearTimeout(call.timer);
    };
    const call: PendingCall = {
      id: this.#nextId++,
      method,
      payload,
      isSetup: false,
      isAbandoned: false,
      onProgress: options.onProgress,
      timer: null,
      resolve: (value) => (settle(), resolve(value)),
      reject: (error) => (settle(), reject(error)),
    };
    signal?.addEventListener('abort', onAbort, { once: true });
    return call;
  }

  #pump(): void {
    if (this.#queue.length === 0 || this.#state === 'broken' || this.#state === 'stopped') return;
    if (this.#channel === null) return this.#start();
    if (this.#state !== 'running' || this.#isSettingUp) return;
    const limit = this.definition.concurrency ?? 1;
    while (this.#inFlight.size < limit) {
      const call = this.#queue.shift();
      if (call === undefined) return;
      this.#send(call);
    }
  }

  #start(): void {
    this.#setState('starting');
    const channel = this.#spawn(this.definition);
    this.#channel = channel;
    channel.onMessage((message) => {
      if (this.#channel === channel) this.#receive(message);
    });
    channel.onExit((exit) => {
      if (this.#channel === channel) this.#handleCrash(exit);
    });
  }

  #send(call: PendingCall): void {
    this.#inFlight.set(call.id, call);
    const { callTimeoutMs } = this.definition;
    if (callTimeoutMs !== undefined) {
      call.timer = setTimeout(() => this.#handleTimeout(call, callTimeoutMs), callTimeoutMs);
    }
    const { id, method, payload } = call;
    this.#channel?.post({ type: 'call', id, method, payload, wantsProgress: call.onProgress !== undefined });
  }

  #receive(message: FromWorker): void {
    if (message.type === 'ready') {
      this.#setState('running');
      this.#replaySetup();
      return;
    }
    const call = this.#inFlight.get(message.id);
    if (call === undefined) return;
    if (message.type === 'progress') {
      if (!call.isAbandoned) call.onProgress?.(message.fraction);
      return;
    }
    this.#inFlight.delete(message.id);
    // An answer, even an error, shows that the worker can do this kind of call.
    if (!call.isSetup && (this.#failedMethods.size === 0 || this.#failedMethods.has(call.method))) {
      this.#failuresInRow = 0;
      this.#failedMethods.clear();
    }
    if (message.type === 'result') call.resolve(message.value);
    else call.reject(errorFromBody(message.error));
    this.#pump();
  }

  /** Brings a fresh worker into the state of the one before, then lets the queue go on. */
  #replaySetup(): void {
    const nextMethod = this.#queue[0]?.method;
    const missing = [...this.#setup].filter(([method]) => method !== nextMethod);
    this.#isSettingUp = missing.length > 0;
    if (!this.#isSettingUp) return this.#pump();
    let open = missing.length;
    for (const [method, payload] of missing) {
      const done = (): void => {
        open -= 1;
        if (open > 0) return;
        this.#isSettingUp = false;
        this.#pump();
      };
      const fail = (error: unknown): void => {
        // A crash has been dealt with for the whole queue; a refusal is the answer to everything that waits.
        if (!(error instanceof AppError && error.code.startsWith('process/'))) this.#rejectQueue(error);
        done();
      };
      const call = this.#createCall(method, payload, {}, done, fail);
      call.isSetup = true;
      this.#send(call);
    }
  }

  #cancel(call: PendingCall): void {
    if (call.isAbandoned) return;
    const error = cancelled(this.definition.name);
    if (this.#queue.includes(call)) {
      this.#queue = this.#queue.filter((other) => other !== call);
      return call.reject(error);
    }
    if (!this.#inFlight.has(call.id)) return;
    if (this.definition.onCancel === 'forget') {
      call.isAbandoned = true;
      return call.reject(error);
    }
    this.#inFlight.delete(call.id);
    call.reject(error);
    this.restart();
  }

  #handleTimeout(call: PendingCall, timeoutMs: number): void {
    if (!this.#inFlight.delete(call.id)) return;
    const reason = `no answer to "${call.method}" within ${Math.round(timeoutMs / 1000)} s`;
    call.reject(this.#exitedError({ reason, stderrTail: '' }));
    this.#dropChannel();
    this.#requeueInFlight();
    this.#countFailure([call.method], { reason, stderrTail: '' });
  }

  #handleCrash(exit: WorkerExit): void {
    this.#channel = null;
    this.#isSettingUp = false;
    const calls = [...this.#inFlight.values()];
    this.#inFlight = new Map();
    const error = this.#exitedError(exit);
    for (const call of calls) call.reject(error);
    if (calls.length === 0 && this.#state === 'starting') {
      // It died before it could be asked: whoever waits learns it now instead of after two more attempts.
      this.#queue.shift()?.reject(error);
    }
    // A worker that dies during its set-up fails the call that woke it, or the queue would wait for ever.
    if (calls.some((call) => call.isSetup)) this.#queue.shift()?.reject(error);
    this.#countFailure(
      calls.filter((call) => !call.isSetup).map((call) => call.method),
      exit,
    );
  }

  #countFailure(methods: string[], exit: WorkerExit): void {
    for (const method of methods) this.#failedMethods.add(method);
    this.#failuresInRow += 1;
    if (this.#failuresInRow < FAILURES_TO_BREAK) {
      this.#setState('idle');
      return this.#pump();
    }
    this.#setState('broken');
    this.#rejectQueue(this.#brokenError());
    const report = { worker: this.definition.name, failures: this.#failuresInRow, ...exit };
    for (const listener of this.#breakerListeners) listener(report);
  }

  #dropChannel(): void {
    const channel = this.#channel;
    this.#channel = null;
    this.#isSettingUp = false;
    channel?.kill();
  }

  #requeueInFlight(): void {
    const calls = [...this.#inFlight.values()];
    this.#inFlight = new Map();
    for (const call of calls) if (call.timer !== null) clearTimeout(call.timer);
    this.#queue.unshift(...calls.filter((call) => !call.isSetup && !call.isAbandoned));
  }

  #rejectQueue(error: unknown): void {
    const queue = this.#queue;
    this.#queue = [];
    for (const call of queue) call.reject(error);
  }

  #rejectAll(error: unknown): void {
    const calls = [...this.#inFlight.values()];
    this.#inFlight = new Map();
    for (const call of calls) call.reject(error);
    this.#rejectQueue(error);
  }

  #setState(state: WorkerState): void {
    if (this.#state === state) return;
    this.#state = state;
    for (const listener of this.#stateListeners) listener(state);
  }

  #exitedError(exit: WorkerExit): AppError {
    return new AppError(
      'process/exited',
      `The ${this.definition.name} process stopped unexpectedly (${exit.reason}). Try again; it is started anew.`,
      { details: { worker: this.definition.name, ...exit } },
    );
  }

  #brokenError(): AppError {
    return new AppError(
      'process/failed-repeatedly',
      `The ${this.definition.name} process stopped ${this.#failuresInRow} times in a row and is not started again. ` +
        'Restart ClearLabel, or choose another provider or model.',
      { details: { worker: this.definition.name, failures: this.#failuresInRow } },
    );
  }

  #stoppedError(): AppError {
    return new AppError('process/exited', `The ${this.definition.name} process has been shut down.`);
  }
}

function cancelled(name: string): AppError {
  return new AppError('job/cancelled', `The work of the ${name} process was cancelled.`);
}
