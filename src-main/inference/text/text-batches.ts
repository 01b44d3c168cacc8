// Groups tokenised prompts for the text tower: prompts of like length together, so that little is spent on padding.

/** A batch whose rows are padded to `length`. */
export interface TextBatch {
  readonly length: number;
  /** Index of each row in the caller's list. */
  readonly indices: readonly number[];
}

/**
 * Sorts by length and cuts where a batch would exceed `maxTokens` (rows × longest row). Every index occurs once;
 * a single prompt longer than that has its own batch.
 */
export function planTextBatches(lengths: readonly number[], maxTokens: number): TextBatch[] {
  const order = lengths.map((_, index) => index).sort((a, b) => (lengths[a] ?? 0) - (lengths[b] ?? 0));
  const batches: TextBatch[] = [];
  let indices: number[] = [];
  let longest = 0;
  for (const index of order) {
    const length = lengths[index] ?? 0;
    if (indices.length > 0 && (indices.length + 1) * length > maxTokens) {
      batches.push({ length: longest, indices });
      indices = [];
    }
    indices.push(index);
    longest = length;
  }
  if (indices.length > 0) batches.push({ length: longest, indices });
  return batches;
}
