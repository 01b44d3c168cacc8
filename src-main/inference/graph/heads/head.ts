// What all heads share: input and output names, the way from the last block's tokens to unit patch embeddings.

import type { BlockWeights, ImageTowerWeights } from '../../checkpoint/clip-weights.ts';
import { GraphBuilder, type BuiltGraph, type ValueName } from '../graph-builder.ts';
import {
  batchTokens,
  flattenTokens,
  layerNorm,
  linear,
  reshapeBatched,
  towerContext,
  unitRows,
  type TowerContext,
} from '../layers.ts';

export const HEAD_TOKENS = 'tokens';
export const HEAD_EMBEDDINGS = 'embeddings';

/** Slice needs an end; every length is smaller. */
const TO_THE_END = 2 ** 31 - 1;

/** One method's last block: tokens before it → tokens after it, both [B·(1 + N), width]. */
export type LastBlock = (context: TowerContext, tokens: ValueName, block: BlockWeights) => ValueName;

/**
 * Input: `tokens` float32 [B, 1 + N, width] of the trunk. Output: `embeddings` float32 [B, N, embeddingSize],
 * unit rows, class token dropped. The final LayerNorm and the projection are kept in every method.
 */
export function headGraph(name: string, image: ImageTowerWeights, lastBlock: LastBlock): BuiltGraph {
  const graph = new GraphBuilder(`clip_head_${name}`);
  const tokens = graph.input(HEAD_TOKENS, 'float32', ['batch', 'tokens', image.width]);
  const context = towerContext(graph, image, tokens);
  const block = image.blocks.at(-1);
  if (block === undefined) throw new Error('an image tower has at least one block');
  const last = lastBlock(context, flattenTokens(context, tokens), block);
  const patches = dropClassToken(context, layerNorm(context, last, image.finalNorm));
  const embeddings = unitRows(context, linear(context, patches, image.projection));
  const embeddingSize = image.projection.weight.shape[0] ?? 0;
  const batched = reshapeBatched(context, embeddings, [-1, embeddingSize]);
  graph.output(HEAD_EMBEDDINGS, batched, 'float32', ['batch', 'patches', embeddingSize]);
  return graph.finish();
}

/** [B·(1 + N), W] → [B·N, W]. */
function dropClassToken(context: TowerContext, x: ValueName): ValueName {
  const { graph } = context;
  const bounds = [1, TO_THE_END, 1].map((value) => graph.int64([value]));
  return flattenTokens(context, graph.node('Slice', [batchTokens(context, x), ...bounds]));
}
