// Class names → text features: templates, tokenizer, text tower, means. One object owns one session.

import { AppError } from '#shared/errors.ts';
import { TEXT_EMBEDDINGS, TEXT_ENDS, TEXT_TOKENS, TEXT_MASK } from '../graph/text-graph.ts';
import type { GraphSession } from '../runtime/ort.ts';
import { fillTemplate } from './templates.ts';
import { ancestorMask, planPromptTrees, type PromptTree } from './prompt-tree.ts';
import type { TokenEmbeddings } from './token-embeddings.ts';
import type { Tokenizer } from './tokenizer.ts';

/** Tokens of one run: enough for full matrix speed; attention grows with the square. */
const RUN_TOKENS = 768;

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
    const out = new Float32Array(prompts.length * embeddingSize);
    let doneCount = 0;
    for (const tree of planPromptTrees(ids, RUN_TOKENS)) {
      const rows = await this.#runTree(tree);
      for (const [row, { prompt }] of tree.ends.entries()) {
        out.set(rows.subarray(row * embeddingSize, (row + 1) * embeddingSize), prompt * embeddingSize);
      }
      doneCount += tree.ends.length;
      onProgress?.(doneCount / prompts.length);
    }
    return out;
  }

  dispose(): Promise<void> {
    return this.#parts.session.dispose();
  }

  async #runTree(tree: PromptTree): Promise<Float32Array> {
    const { session, tokens } = this.#parts;
    const count = tree.tokenIds.length;
    const ends = BigInt64Array.from(tree.ends, ({ node }) => BigInt(node));
    const outputs = await session.run({
      [TEXT_TOKENS]: { data: await tokens.embed(tree.tokenIds, tree.depths), dims: [1, count, tokens.width] },
      [TEXT_ENDS]: { data: ends, dims: [ends.length] },
      [TEXT_MASK]: { data: ancestorMask(tree, MASKED), dims: [count, count] },
    });
    const rows = outputs[TEXT_EMBEDDINGS]?.data ?? new Float32Array();
    requireFinite(rows);
    return rows;
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
