// Long work on the server: its progress, and pause, resume and cancel.

import type { JobWire } from '#shared/contract/wire.ts';
import type { ApiClient } from './api-client.ts';

export class JobsState {
  list: readonly JobWire[] = $state.raw([]);
  /** The pre-label run of the folder, while it is not over. */
  readonly prelabel = $derived(this.list.find((job) => job.kind === 'prelabel' && isUnderWay(job)) ?? null);
  /** Any other job under way. */
  readonly other = $derived(this.list.find((job) => job.kind !== 'prelabel' && isUnderWay(job)) ?? null);
  readonly #api: ApiClient;

  constructor(api: ApiClient) {
    this.#api = api;
  }

  async refresh(): Promise<void> {
    this.list = (await this.#api.jobs()).jobs;
  }

  /** Answers what the job was before, so that the caller can tell that it has just ended. */
  apply(job: JobWire): JobWire | null {
    const before = this.list.find((item) => item.id === job.id) ?? null;
    this.list =
      before === null ? [...this.list, job] : this.list.map((item) => (item.id === job.id ? job : item));
    return before;
  }

  async startPrelabel(): Promise<void> {
    this.apply(await this.#api.startPrelabel(null));
  }

  async control(job: JobWire, action: 'pause' | 'resume' | 'cancel'): Promise<void> {
    await this.#api.controlJob(job.id, action);
    await this.refresh();
  }
}

export function isUnderWay(job: JobWire): boolean {
  return job.state === 'running' || job.state === 'paused';
}
