// Long work with progress, pause and cancel. Owns the list of jobs and their state; knows nothing of what they do.
// This is one of the places where errors are caught: a job that fails says so in its own record.

import type { JobWire } from '#shared/contract/wire.ts';
import { AppError, errorBodyOf } from '#shared/errors.ts';
import { Throughput } from './throughput.ts';

export type JobKind = JobWire['kind'];
export type JobFailure = JobWire['failures'][number];

/** What the running work may do with its job. */
export interface JobHandle {
  readonly jobId: string;
  /** Aborts when the job is cancelled or the project closes. */
  readonly signal: AbortSignal;
  setTotal(total: number): void;
  /** Sets how many steps are finished. */
  setDone(done: number): void;
  addFailure(failure: JobFailure): void;
  setMessage(message: string): void;
  /** Resolves at once while the job runs, later while it is paused. Rejects when it is cancelled. */
  checkpoint(): Promise<void>;
}

export interface JobsOptions {
  onChange: (job: JobWire) => void;
  /** Keeps the record across restarts; called on each change of state and of progress. */
  persist: (job: JobWire) => void;
  nowMs?: () => number;
}

interface Entry {
  job: JobWire;
  abort: AbortController;
  throughput: Throughput;
  resumeWaiters: (() => void)[];
  finished: Promise<JobWire>;
  /** The project is closing: the record stays as it was, so that the job goes on at the next start. */
  isSuspended: boolean;
}

export interface JobStart {
  kind: JobKind;
  total: number;
  id?: string;
  /** Given when a job of an earlier run goes on. */
  resumed?: Pick<JobWire, 'done' | 'failures' | 'state'>;
  run: (handle: JobHandle) => Promise<void>;
}

const MAX_FINISHED_JOBS = 50;

export class Jobs {
  readonly #options: JobsOptions;
  readonly #entries = new Map<string, Entry>();

  constructor(options: JobsOptions) {
    this.#options = options;
  }

  list(): JobWire[] {
    return [...this.#entries.values()].map((entry) => entry.job);
  }

  /** @throws AppError `request/not-found` */
  get(jobId: string): JobWire {
    return this.#entry(jobId).job;
  }

  running(kind: JobKind): JobWire | null {
    return this.list().find((job) => job.kind === kind && isActive(job)) ?? null;
  }

  start(start: JobStart): JobWire {
    const job: JobWire = {
      id: start.id ?? crypto.randomUUID(),
      kind: start.kind,
      state: start.resumed?.state === 'paused' ? 'paused' : 'running',
      done: start.resumed?.done ?? 0,
      total: start.total,
      failures: start.resumed?.failures ?? [],
      imagesPerSecond: null,
      secondsLeft: null,
      message: '',
    };
    const entry: Entry = {
      job,
      abort: new AbortController(),
      throughput: new Throughput(this.#options.nowMs ?? Date.now),
      resumeWaiters: [],
      finished: Promise.resolve(job),
      isSuspended: false,
    };
    this.#entries.set(job.id, entry);
    this.#forgetOld();
    this.#changed(entry, {});
    entry.finished = this.#run(entry, start.run);
    return entry.job;
  }

  /** Resolves with the final record; never rejects. */
  finished(jobId: string): Promise<JobWire> {
    return this.#entry(jobId).finished;
  }

  pause(jobId: string): JobWire {
    const entry = this.#entry(jobId);
    if (entry.job.state === 'running') {
      entry.throughput.pause();
      this.#changed(entry, { state: 'paused', imagesPerSecond: null, secondsLeft: null });
    }
    return entry.job;
  }

  resume(jobId: string): JobWire {
    const entry = this.#entry(jobId);
    if (entry.job.state === 'paused') {
      this.#changed(entry, { state: 'running' });
      this.#wake(entry);
    }
    return entry.job;
  }

  /** Asks the job to stop; its record becomes `cancelled` once the work has let go. */
  cancel(jobId: string): JobWire {
    const entry = this.#entry(jobId);
    if (isActive(entry.job)) {
      entry.abort.abort(new AppError('job/cancelled', 'The job was cancelled.'));
      this.#wake(entry);
    }
    return entry.job;
  }

  /** Stops all work because the project closes; unfinished jobs keep their record and go on at the next open. */
  async suspendAll(): Promise<void> {
    for (const entry of this.#entries.values()) {
      if (!isActive(entry.job)) continue;
      entry.isSuspended = true;
      entry.abort.abort(new AppError('job/cancelled', 'The project was closed.'));
      this.#wake(entry);
    }
    await Promise.all([...this.#entries.values()].map((entry) => entry.finished));
    this.#entries.clear();
  }

  async #run(entry: Entry, run: JobStart['run']): Promise<JobWire> {
    // A tick later, so that whoever starts a job has its record before its first event.
    await Promise.resolve();
    try {
      await run(this.#handle(entry));
      this.#changed(entry, { state: 'done', secondsLeft: 0 });
    } catch (error) {
      if (entry.isSuspended) return entry.job;
      const isCancelled = entry.abort.signal.aborted;
      const message = isCancelled ? 'Cancelled.' : errorBodyOf(error).message;
      this.#changed(entry, { state: isCancelled ? 'cancelled' : 'failed', message, secondsLeft: null });
    }
    return entry.job;
  }

  #handle(entry: Entry): JobHandle {
    return {
      jobId: entry.job.id,
      signal: entry.abort.signal,
      setTotal: (total) => this.#changed(entry, { total }),
      setDone: (done) => {
        entry.throughput.count(done - entry.job.done);
        const rate = entry.throughput.perSecond();
        const left = entry.job.total - done;
        this.#changed(entry, {
          done,
          imagesPerSecond: rate,
          secondsLeft: rate === null ? null : left / rate,
        });
      },
      addFailure: (failure) => this.#changed(entry, { failures: [...entry.job.failures, failure] }),
      setMessage: (message) => this.#changed(entry, { message }),
      checkpoint: () => this.#checkpoint(entry),
    };
  }

  async #checkpoint(entry: Entry): Promise<void> {
    entry.abort.signal.throwIfAborted();
    if (entry.job.state === 'paused') {
      await new Promise<void>((resolve) => entry.resumeWaiters.push(resolve));
      entry.throughput.resume();
    }
    entry.abort.signal.throwIfAborted();
  }

  #wake(entry: Entry): void {
    for (const resume of entry.resumeWaiters.splice(0)) resume();
  }

  #changed(entry: Entry, change: Partial<JobWire>): void {
    entry.job = { ...entry.job, ...change };
    this.#options.persist(entry.job);
    this.#options.onChange(entry.job);
  }

  #entry(jobId: string): Entry {
    const entry = this.#entries.get(jobId);
    if (entry === undefined) throw new AppError('request/not-found', 'This job does not exist any more.');
    return entry;
  }

  #forgetOld(): void {
    const finished = [...this.#entries.values()].filter((entry) => !isActive(entry.job));
    for (const entry of finished.slice(0, Math.max(0, finished.length - MAX_FINISHED_JOBS)))
      this.#entries.delete(entry.job.id);
  }
}

export function isActive(job: Pick<JobWire, 'state'>): boolean {
  return job.state === 'running' || job.state === 'paused';
}
