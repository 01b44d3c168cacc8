// The text tower: embedded tokens in, unit embeddings at the end-of-text token out.

import type { TextTowerWeights } from '../checkpoint/clip-weights.ts';
import { GraphBuilder, type BuiltGraph } from './graph-builder.ts';
import {
  batchTokens,
  flattenTokens,
  layerNorm,
  linear,
  towerContext,
  transformerBlock,
  unitRows,
} from './layers.ts';

export const TEXT_TOKENS = 'tokens';
export const TEXT_END_POSITIONS = 'end_positions';
export const TEXT_MASK = 'mask';
export const TEXT_EMBEDDINGS = 'embeddings';

/**
 * Inputs: `tokens` float32 [B, T, width] (token + position embedding, T at most the context length),
 * `end_positions` int64 [B, 1] (index of each row's first end-of-text token), `mask` float32 [T, T] (0 on and below
 * the diagonal, a large negative number above). Output: `embeddings` float32 [B, embeddingSize], unit rows. What
 * follows the end does not matter: the tower is causal, so T may be the longest text of the batch.
 */
export function textGraph(text: TextTowerWeights): BuiltGraph {
  const graph = new GraphBuilder('clip_text');
  const tokens = graph.input(TEXT_TOKENS, 'float32', ['batch', 'length', text.width]);
  const endPositions = graph.input(TEXT_END_POSITIONS, 'int64', ['batch', 1]);
  const mask = graph.input(TEXT_MASK, 'float32', ['length', 'length']);
  const context = towerContext(graph, text, tokens);
  let x = flattenTokens(context, tokens);
  for (const block of text.blocks) x = transformerBlock(context, x, block, mask);
  const ends = graph.node('GatherND', [batchTokens(context, x), endPositions], {
    batch_dims: { kind: 'int', value: 1 },
  });
  const normed = layerNorm(context, ends, text.finalNorm);
  const embeddings = unitRows(context, linear(context, normed, text.projection));
  const embeddingSize = text.projection.weight.shape[0] ?? 0;
  graph.output(TEXT_EMBEDDINGS, embeddings, 'float32', ['batch', embeddingSize]);
  return graph.finish();
}
