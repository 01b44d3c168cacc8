// Sends finished actions to the server one after the other and never gives one up: a failed save is repeated with
// the same edit id, which the server takes as the same edit. Knows nothing of masks or tools.

import type { ImageId } from '#shared/annotation/records.ts';
import type { EditRequest } from '#shared/contract/wire.ts';
import type { EditResponse, SaveState, Timers } from './editor-types.ts';

export interface SaveQueueDeps {
  send(imageId: ImageId, request: EditRequest): Promise<EditResponse>;
  timers: Timers;
  onChange(): void;
  onSaved(imageId: ImageId, response: EditResponse): void;
}

interface Job {
  imageId: ImageId;
  request: EditRequest;
}

const FIRST_RETRY_MS = 500;
const LONGEST_RETRY_MS = 15_000;
/** An answer that does not come counts as a failure; a late one is still welcome. */
const ANSWER_TIMEOUT_MS = 30_000;

export class SaveQueue {
  readonly #deps: SaveQueueDeps;
  readonly #jobs: Job[] = [];
  #failures = 0;
  #problem = '';
  #isSending = false;
  #cancelTimer: () => void = () => undefined;
  #waiters: (() => void)[] = [];

  constructor(deps: SaveQueueDeps) {
    this.#deps = deps;
  }

  get state(): SaveState {
    if (this.#jobs.length === 0) return 'saved';
    return this.#failures > 0 ? 'failed' : 'saving';
  }

  get message(): string {
    if (this.state === 'saved') return '';
    if (this.state === 'saving') return 'Saving…';
    const count = this.#jobs.length === 1 ? 'The last change is' : `${this.#jobs.length} changes are`;
    return `${count} not saved: ${this.#problem} Trying again…`;
  }

  add(imageId: ImageId, request: EditRequest): void {
    this.#jobs.push({ imageId, request });
    this.#deps.onChange();
    if (!this.#isSending && this.#failures === 0) this.#sendNext();
  }

  /** Requests of one image that the server has not confirmed, oldest first. */
  pendingOf(imageId: ImageId): EditRequest[] {
    return this.#jobs.filter((job) => job.imageId === imageId).map((job) => job.request);
  }

  /** The connection is back, or the user asks: do not wait for the next try. */
  retryNow(): void {
    if (this.#isSending || this.#jobs.length === 0) return;
    this.#cancelTimer();
    this.#sendNext();
  }

  whenIdle(): Promise<void> {
    if (this.#jobs.length === 0) return Promise.resolve();
    return new Promise((resolve) => this.#waiters.push(resolve));
  }

  #sendNext(): void {
    const job = this.#jobs[0];
    if (!job) return;
    this.#isSending = true;
    let isOver = false;
    const fail = (problem: unknown) => {
      if (isOver) return;
      isOver = true;
      this.#failed(job, problem);
    };
    this.#cancelTimer = this.#deps.timers.after(ANSWER_TIMEOUT_MS, () =>
      fail(new Error('the server does not answer.')),
    );
    this.#deps.send(job.imageId, job.request).then((response) => {
      isOver = true;
      this.#succeeded(job, response);
    }, fail);
  }

  #succeeded(job: Job, response: EditResponse): void {
    // An answer after the time-out: the retry may have been answered already.
    if (this.#jobs[0] !== job) return;
    this.#cancelTimer();
    this.#jobs.shift();
    this.#failures = 0;
    this.#problem = '';
    this.#isSending = false;
    this.#deps.onSaved(job.imageId, response);
    this.#sendNext();
    this.#deps.onChange();
    if (this.#jobs.length === 0) for (const resolve of this.#waiters.splice(0)) resolve();
  }

  #failed(job: Job, problem: unknown): void {
    if (this.#jobs[0] !== job) return;
    this.#cancelTimer();
    this.#isSending = false;
    this.#problem = sentenceOf(problem);
    const delayMs = Math.min(LONGEST_RETRY_MS, FIRST_RETRY_MS * 2 ** this.#failures);
    this.#failures++;
    this.#cancelTimer = this.#deps.timers.after(delayMs, () => this.#sendNext());
    this.#deps.onChange();
  }
}

function sentenceOf(problem: unknown): string {
  const text = problem instanceof Error ? problem.message : String(problem);
  return /[.!?…]$/.test(text) ? text : `${text}.`;
}
