// ClearCLIP (Lan et al., ECCV 2024, arXiv 2407.12442): query-query attention, no residual, no FFN.

import { attentionWeights, joinHeads, layerNorm, linear, splitHeads } from '../layers.ts';
import type { LastBlock } from './head.ts';

/** out_proj(softmax(q qᵀ / √d) v); the class token takes part as query and as key. */
export const clearclipLastBlock: LastBlock = (context, tokens, block) => {
  const normed = layerNorm(context, tokens, block.norm1);
  const query = splitHeads(context, linear(context, normed, block.query));
  const value = splitHeads(context, linear(context, normed, block.value));
  const weights = attentionWeights(context, query, query, null);
  const mixed = context.graph.node('MatMul', [weights, value]);
  return linear(context, joinHeads(context, mixed), block.output);
};
