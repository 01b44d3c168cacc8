// Bounds the memory of decoding: pictures whose pixels together exceed a budget wait for each other.

export class PixelGate {
  readonly #budgetPixels: number;
  #usedPixels = 0;
  #waiting: { pixels: number; start: () => void }[] = [];

  constructor(budgetPixels: number) {
    this.#budgetPixels = budgetPixels;
  }

  /** Runs `work` once its pixels fit; a picture above the whole budget runs alone. First come, first served. */
  async run<T>(pixels: number, work: () => Promise<T>): Promise<T> {
    const share = Math.min(pixels, this.#budgetPixels);
    await new Promise<void>((start) => {
      this.#waiting.push({ pixels: share, start });
      this.#admit();
    });
    try {
      return await work();
    } finally {
      this.#usedPixels -= share;
      this.#admit();
    }
  }

  #admit(): void {
    for (;;) {
      const next = this.#waiting[0];
      if (next === undefined || this.#usedPixels + next.pixels > this.#budgetPixels) return;
      this.#waiting.shift();
      this.#usedPixels += next.pixels;
      next.start();
    }
  }
}
