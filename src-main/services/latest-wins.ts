// Runs one task at a time for each key. While one runs, only the newest request waits: an older waiting one gets the
// newer one's answer. For work whose last request makes the ones before it pointless (sliders).

interface Slot<T> {
  waiting: { task: () => Promise<T>; answer: PromiseWithResolvers<T> } | null;
}

export class LatestWins<T> {
  readonly #slots = new Map<string, Slot<T>>();

  run(key: string, task: () => Promise<T>): Promise<T> {
    const slot = this.#slots.get(key);
    if (slot === undefined) {
      this.#slots.set(key, { waiting: null });
      return this.#execute(key, task);
    }
    const answer = slot.waiting?.answer ?? Promise.withResolvers<T>();
    slot.waiting = { task, answer };
    return answer.promise;
  }

  async #execute(key: string, task: () => Promise<T>): Promise<T> {
    try {
      return await task();
    } finally {
      this.#next(key);
    }
  }

  #next(key: string): void {
    const waiting = this.#slots.get(key)?.waiting ?? null;
    this.#slots.delete(key);
    if (waiting === null) return;
    this.#slots.set(key, { waiting: null });
    this.#execute(key, waiting.task).then(waiting.answer.resolve, waiting.answer.reject);
  }
}
