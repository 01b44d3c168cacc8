// Class names → text features: templates, tokenizer, text tower, means. One object owns one session.

import { AppError } from '#shared/errors.ts';
import { TEXT_EMBEDDINGS, TEXT_END_POSITIONS, TEXT_TOKENS, TEXT_MASK } from '../graph/text-graph.ts';
import type { GraphSession } from '../runtime/ort.ts';
import { fillTemplate } from './templates.ts';
import { planTextBatches, type TextBatch } from './text-batches.ts';
import type { TokenEmbeddings } from './token-embeddings.ts';
import type { Tokenizer } from './tokenizer.ts';

/** Rows × length of one run: large enough for full matrix speed, small enough for progress and memory. */
const BATCH_TOKENS = 512;

/** Large enough that exp underflows to exactly 0, small enough to stay finite. */
const MASKED = -1e9;

export interface PromptEncoderParts {
  readonly session: GraphSession;
  readonly tokenizer: Tokenizer;
  readonly tokens: TokenEmbeddings;
  readonly contextLength: number;
  readonly embeddingSize: number;
}

export class PromptEncoder {
  readonly #parts: PromptEncoderParts;
  readonly #masks = new Map<number, Float32Array>();

  constructor(parts: PromptEncoderParts) {
    this.#parts = parts;
  }

  /**
   * One unit vector per name: the mean of its prompts' unit embeddings, normalised (ClearCLIP's rule).
   * @returns float32, names × embeddingSize.
   */
  async encodeNames(
    names: readonly string[],
    templates: readonly string[],
    onProgress?: (fraction: number) => void,
  ): Promise<Float32Array> {
    if (templates.length === 0) throw new Error('at least one template is needed');
    const prompts = names.flatMap((name) => templates.map((template) => fillTemplate(template, name)));
    const embeddings = await this.encodePrompts(prompts, onProgress);
    return meanRows(embeddings, templates.length, this.#parts.embeddingSize);
  }

  /** Unit embeddings of texts, float32, prompts × embeddingSize. */
  async encodePrompts(
    prompts: readonly string[],
    onProgress?: (fraction: number) => void,
  ): Promise<Float32Array> {
    const { tokenizer, contextLength, embeddingSize } = this.#parts;
    const ids = prompts.map((prompt) =>
      upToFirstEnd(tokenizer.encode(prompt, contextLength), tokenizer.endId),
    );
    const lengths = ids.map((row) => row.length);
    const out = new Float32Array(prompts.length * embeddingSize);
    let doneCount = 0;
    for (const batch of planTextBatches(lengths, BATCH_TOKENS)) {
      const rows = await this.#runBatch(batch, ids);
      for (const [row, index] of batch.indices.entries()) {
        out.set(rows.subarray(row * embeddingSize, (row + 1) * embeddingSize), index * embeddingSize);
      }
      doneCount += batch.indices.length;
      onProgress?.(doneCount / prompts.length);
    }
    return out;
  }

  dispose(): Promise<void> {
    return this.#parts.session.dispose();
  }

  async #runBatch(batch: TextBatch, ids: readonly (readonly number[])[]): Promise<Float32Array> {
    const { session, tokens } = this.#parts;
    const rowCount = batch.indices.length;
    const rowIds = batch.indices.map((index) => ids[index] ?? []);
    const ends = BigInt64Array.from(rowIds, (row) => BigInt(row.length - 1));
    const outputs = await session.run({
      [TEXT_TOKENS]: {
        data: await tokens.embed(rowIds, batch.length),
        dims: [rowCount, batch.length, tokens.width],
      },
      [TEXT_END_POSITIONS]: { data: ends, dims: [rowCount, 1] },
      [TEXT_MASK]: { data: this.#causalMask(batch.length), dims: [batch.length, batch.length] },
    });
    const rows = outputs[TEXT_EMBEDDINGS]?.data ?? new Float32Array();
    requireFinite(rows);
    return rows;
  }

  #causalMask(length: number): Float32Array {
    const known = this.#masks.get(length);
    if (known !== undefined) return known;
    const mask = new Float32Array(length * length);
    for (let row = 0; row < length; row++) mask.fill(MASKED, row * length + row + 1, (row + 1) * length);
    this.#masks.set(length, mask);
    return mask;
  }
}

/** The tower is causal and read at the first end of text: nothing after it matters. */
function upToFirstEnd(ids: number[], endId: number): number[] {
  return ids.slice(0, ids.indexOf(endId) + 1);
}

/** Mean of each `groupSize` rows, normalised. */
function meanRows(rows: Float32Array, groupSize: number, width: number): Float32Array {
  const groupCount = rows.length / (groupSize * width);
  const out = new Float32Array(groupCount * width);
  const sum = new Float64Array(width);
  for (let group = 0; group < groupCount; group++) {
    sum.fill(0);
    for (let row = group * groupSize; row < (group + 1) * groupSize; row++) {
      for (let c = 0; c < width; c++) sum[c]! += rows[row * width + c]!;
    }
    const length = Math.hypot(...sum);
    for (let c = 0; c < width; c++) out[group * width + c] = sum[c]! / length;
  }
  return out;
}

function requireFinite(values: Float32Array): void {
  if (values.every(Number.isFinite)) return;
  throw new AppError(
    'model/not-finite',
    'The text tower answered with values that are not numbers: the checkpoint holds damaged weights. Get it again.',
  );
}
