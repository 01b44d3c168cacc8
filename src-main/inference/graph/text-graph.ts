// The text tower: embedded tokens in, unit embeddings at the end-of-text token out.

import type { TextTowerWeights } from '../checkpoint/clip-weights.ts';
import { GraphBuilder, type BuiltGraph } from './graph-builder.ts';
import { flattenTokens, layerNorm, linear, towerContext, transformerBlock, unitRows } from './layers.ts';

export const TEXT_TOKENS = 'tokens';
export const TEXT_ENDS = 'ends';
export const TEXT_MASK = 'mask';
export const TEXT_EMBEDDINGS = 'embeddings';

/**
 * Inputs: `tokens` float32 [B, T, width] (token + position embedding), `mask` float32 [T, T] (0 where a token may look,
 * a large negative number elsewhere), `ends` int64 [P] (indices into the B·T tokens of the end-of-text tokens to be
 * read). Output: `embeddings` float32 [P, embeddingSize], unit rows. With the tower's causal mask, or that of a tree
 * of prompts (text/prompt-tree.ts), tokens after an end do not matter: nothing is padded to the context length.
 */
export function textGraph(text: TextTowerWeights): BuiltGraph {
  const graph = new GraphBuilder('clip_text');
  const tokens = graph.input(TEXT_TOKENS, 'float32', ['batch', 'length', text.width]);
  const endIndices = graph.input(TEXT_ENDS, 'int64', ['prompts']);
  const mask = graph.input(TEXT_MASK, 'float32', ['length', 'length']);
  const context = towerContext(graph, text, tokens);
  let x = flattenTokens(context, tokens);
  for (const block of text.blocks) x = transformerBlock(context, x, block, mask);
  const ends = graph.node('Gather', [x, endIndices], { axis: { kind: 'int', value: 0 } });
  const normed = layerNorm(context, ends, text.finalNorm);
  const embeddings = unitRows(context, linear(context, normed, text.projection));
  const embeddingSize = text.projection.weight.shape[0] ?? 0;
  graph.output(TEXT_EMBEDDINGS, embeddings, 'float32', ['prompts', embeddingSize]);
  return graph.finish();
}
