// The text tower: token ids in, unit embeddings at the end-of-text token out.

import type { TextTowerWeights } from '../checkpoint/clip-weights.ts';
import { GraphBuilder, type BuiltGraph, type ValueName } from './graph-builder.ts';
import {
  batchTokens,
  dimension,
  flattenTokens,
  layerNorm,
  linear,
  towerContext,
  transformerBlock,
  unitRows,
} from './layers.ts';

export const TEXT_IDS = 'ids';
export const TEXT_END_POSITIONS = 'end_positions';
export const TEXT_MASK = 'mask';
export const TEXT_EMBEDDINGS = 'embeddings';

/**
 * Inputs: `ids` int64 [B, T] (T at most the context length), `end_positions` int64 [B, 1] (index of each row's
 * first end-of-text token), `mask` float32 [T, T] (0 on and below the diagonal, a large negative number above).
 * Output: `embeddings` float32 [B, embeddingSize], unit rows. Tokens after the end do not matter: the tower is
 * causal, so T may be the longest text of the batch.
 */
export function textGraph(text: TextTowerWeights): BuiltGraph {
  const graph = new GraphBuilder('clip_text');
  const ids = graph.input(TEXT_IDS, 'int64', ['batch', 'length']);
  const endPositions = graph.input(TEXT_END_POSITIONS, 'int64', ['batch', 1]);
  const mask = graph.input(TEXT_MASK, 'float32', ['length', 'length']);
  const context = towerContext(graph, text, ids);
  const placed = graph.node('Add', [tokenRows(graph, text, ids), positionRows(graph, text, ids)]);
  let x = flattenTokens(context, placed);
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

/** Rows of the token table. The table keeps its stored type: as float32 it would be the largest tensor of all. */
function tokenRows(graph: GraphBuilder, text: TextTowerWeights, ids: ValueName): ValueName {
  const rows = graph.node('Gather', [graph.storedWeight(text.tokenTable), ids], {
    axis: { kind: 'int', value: 0 },
  });
  return text.tokenTable.dtype === 'F32' ? rows : graph.castToFloat32(rows);
}

/** The first T rows of the position table, [T, width]. */
function positionRows(graph: GraphBuilder, text: TextTowerWeights, ids: ValueName): ValueName {
  const bounds = [graph.int64([0]), dimension(graph, ids, 1), graph.int64([0])];
  return graph.node('Slice', [graph.weight(text.positions), ...bounds]);
}
