// Runs an asynchronous task so that at most one run is under way; requests made meanwhile end in one more run.

export class Coalescer {
  readonly #run: () => Promise<void>;
  readonly #onError: (error: unknown) => void;
  #isRunning = false;
  #isRequested = false;

  constructor(run: () => Promise<void>, onError: (error: unknown) => void) {
    this.#run = run;
    this.#onError = onError;
  }

  request = (): void => {
    this.#isRequested = true;
    if (!this.#isRunning) void this.#loop();
  };

  async #loop(): Promise<void> {
    this.#isRunning = true;
    while (this.#isRequested) {
      this.#isRequested = false;
      try {
        await this.#run();
      } catch (error) {
        this.#onError(error);
      }
    }
    this.#isRunning = false;
  }
}

/** Calls `run` once, `delayMs` after the first of any number of `request`s. */
export class Delayed {
  readonly #run: () => void;
  readonly #delayMs: number;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(run: () => void, delayMs: number) {
    this.#run = run;
    this.#delayMs = delayMs;
  }

  request = (): void => {
    this.#timer ??= setTimeout(() => {
      this.flush();
    }, this.#delayMs);
  };

  /** Runs now if a run was due. */
  flush = (): void => {
    if (this.#timer === undefined) return;
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#run();
  };
}
