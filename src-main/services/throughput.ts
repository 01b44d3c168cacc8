// How many images a second a job finishes, over its recent past and without its pauses.

const WINDOW_STEPS = 32;

export class Throughput {
  readonly #nowMs: () => number;
  /** Working time at which recent steps finished, oldest first. */
  #finishedAtMs: number[] = [];
  #pausedAtMs: number | null = null;
  #pausedTotalMs = 0;

  constructor(nowMs: () => number) {
    this.#nowMs = nowMs;
    this.#finishedAtMs.push(this.#workedMs());
  }

  count(steps: number): void {
    const now = this.#workedMs();
    for (let i = 0; i < steps; i++) this.#finishedAtMs.push(now);
    this.#finishedAtMs = this.#finishedAtMs.slice(-WINDOW_STEPS - 1);
  }

  pause(): void {
    this.#pausedAtMs ??= this.#nowMs();
  }

  resume(): void {
    if (this.#pausedAtMs !== null) this.#pausedTotalMs += this.#nowMs() - this.#pausedAtMs;
    this.#pausedAtMs = null;
  }

  /** Null until two steps or none can be told apart in time. */
  perSecond(): number | null {
    const first = this.#finishedAtMs[0];
    const last = this.#finishedAtMs.at(-1);
    if (first === undefined || last === undefined || last <= first) return null;
    return ((this.#finishedAtMs.length - 1) * 1000) / (last - first);
  }

  #workedMs(): number {
    return (this.#pausedAtMs ?? this.#nowMs()) - this.#pausedTotalMs;
  }
}
