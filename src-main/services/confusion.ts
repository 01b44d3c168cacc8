// Counts which label the program gave to which true label, and what follows from it (mIoU as mmsegmentation has it).

/** Pixels of the truth with this label count for nothing. */
export const IGNORED_LABEL = 255;

export interface MethodScore {
  /** Intersection over union of each class over all images; null where it is neither in truth nor in answer. */
  classIou: (number | null)[];
  meanIou: number;
  pixelAccuracy: number;
}

export class Confusion {
  readonly #classCount: number;
  readonly #intersection: Float64Array;
  readonly #answered: Float64Array;
  readonly #true: Float64Array;

  constructor(classCount: number) {
    this.#classCount = classCount;
    this.#intersection = new Float64Array(classCount);
    this.#answered = new Float64Array(classCount);
    this.#true = new Float64Array(classCount);
  }

  /** Adds one image; both maps have the same length, `truth` may hold 255 = ignored. */
  add(truth: Uint8Array, answer: Uint16Array): void {
    if (truth.length !== answer.length) throw new RangeError('label maps of different sizes');
    for (let i = 0; i < truth.length; i++) {
      const wanted = truth[i] ?? IGNORED_LABEL;
      if (wanted >= this.#classCount) continue;
      const given = answer[i] ?? 0;
      this.#true[wanted] = (this.#true[wanted] ?? 0) + 1;
      this.#answered[given] = (this.#answered[given] ?? 0) + 1;
      if (wanted === given) this.#intersection[given] = (this.#intersection[given] ?? 0) + 1;
    }
  }

  score(): MethodScore {
    const classIou = Array.from({ length: this.#classCount }, (_, label) => {
      const intersection = this.#intersection[label] ?? 0;
      const union = (this.#true[label] ?? 0) + (this.#answered[label] ?? 0) - intersection;
      return union === 0 ? null : intersection / union;
    });
    const known = classIou.filter((value) => value !== null);
    const sum = (values: Float64Array): number => values.reduce((total, value) => total + value, 0);
    return {
      classIou,
      meanIou: known.length === 0 ? 0 : known.reduce((total, value) => total + value, 0) / known.length,
      pixelAccuracy: sum(this.#intersection) / Math.max(1, sum(this.#true)),
    };
  }
}
