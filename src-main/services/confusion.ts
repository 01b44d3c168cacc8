// Counts which label the program gave to which true label, and what follows from it (mIoU as mmsegmentation has it).

/** Pixels of the truth with this label count for nothing. */
export const IGNORED_LABEL = 255;

export interface MethodScore {
  /** Intersection over union of each class over all images; null where it is neither in truth nor in answer. */
  classIou: (number | null)[];
  /** Mean over the classes that are defined. */
  meanIou: number;
  /** Right pixels over true pixels of each class; null where it is never true. */
  classAccuracy: (number | null)[];
  meanAccuracy: number;
  /** Right pixels over true pixels of all classes. */
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

  /**
   * Adds one image; both maps have the same length. Pixels whose truth is 255 are dropped. A truth beyond the class list
   * is a pixel like others, only that it is nobody's: its answer still counts as answered.
   */
  add(truth: Uint8Array, answer: Uint16Array): void {
    if (truth.length !== answer.length) throw new RangeError('label maps of different sizes');
    for (let i = 0; i < truth.length; i++) {
      const wanted = truth[i]!;
      if (wanted === IGNORED_LABEL) continue;
      const given = answer[i]!;
      if (wanted < this.#classCount) this.#true[wanted]! += 1;
      if (given < this.#classCount) this.#answered[given]! += 1;
      if (wanted === given && given < this.#classCount) this.#intersection[given]! += 1;
    }
  }

  score(): MethodScore {
    const labels = Array.from({ length: this.#classCount }, (_, label) => label);
    const classIou = labels.map((label) => {
      const intersection = this.#intersection[label]!;
      return ratio(intersection, this.#true[label]! + this.#answered[label]! - intersection);
    });
    const classAccuracy = labels.map((label) => ratio(this.#intersection[label]!, this.#true[label]!));
    return {
      classIou,
      meanIou: meanOfDefined(classIou),
      classAccuracy,
      meanAccuracy: meanOfDefined(classAccuracy),
      pixelAccuracy: ratio(sum(this.#intersection), sum(this.#true)) ?? 0,
    };
  }
}

/** Truth of a data set whose label 0 means "nothing": 0 becomes ignored, every other label one less. */
export function reduceZeroLabel(truth: Uint8Array): Uint8Array {
  return truth.map((label) => (label === 0 || label === IGNORED_LABEL ? IGNORED_LABEL : label - 1));
}

function ratio(part: number, whole: number): number | null {
  return whole === 0 ? null : part / whole;
}

function meanOfDefined(values: readonly (number | null)[]): number {
  const defined = values.filter((value) => value !== null);
  return defined.length === 0 ? 0 : sum(defined) / defined.length;
}

function sum(values: ArrayLike<number>): number {
  let total = 0;
  for (let i = 0; i < values.length; i++) total += values[i]!;
  return total;
}
