// The image tower up to the last block, which each method does in its own way (heads/).

import type { ImageTowerWeights } from '../checkpoint/clip-weights.ts';
import { GraphBuilder, type BuiltGraph, type ValueName } from './graph-builder.ts';
import {
  batchTokens,
  flattenTokens,
  layerNorm,
  towerContext,
  transformerBlock,
  type TowerContext,
} from './layers.ts';

/** Names of the graph's inputs and outputs. */
export const TRUNK_PIXELS = 'pixels';
export const TRUNK_POSITIONS = 'positions';
export const TRUNK_TOKENS = 'tokens';

/**
 * Inputs: `pixels` float32 [B, 3, H, W] (RGB, normalised), `positions` float32 [1 + N, width] for this grid.
 * Output: `tokens` float32 [B, 1 + N, width], class token first, patches row-major, before the last block.
 * N = floor(H / patch) · floor(W / patch).
 */
export function trunkGraph(image: ImageTowerWeights): BuiltGraph {
  const graph = new GraphBuilder('clip_trunk');
  const pixels = graph.input(TRUNK_PIXELS, 'float32', ['batch', 3, 'height', 'width']);
  const positions = graph.input(TRUNK_POSITIONS, 'float32', ['tokens', image.width]);
  const context = towerContext(graph, image, pixels);
  const tokens = withClassToken(context, image, patchTokens(context, image, pixels));
  const placed = flattenTokens(context, graph.node('Add', [tokens, positions]));
  let x = layerNorm(context, placed, image.preNorm);
  for (const block of image.blocks.slice(0, -1)) x = transformerBlock(context, x, block, null);
  graph.output(TRUNK_TOKENS, batchTokens(context, x), 'float32', ['batch', 'tokens', image.width]);
  return graph.finish();
}

/** [B, 3, H, W] → [B, N, width]; a rest at the right and bottom that fills no patch is ignored. */
function patchTokens({ graph }: TowerContext, image: ImageTowerWeights, pixels: ValueName): ValueName {
  const side = [image.patchPx, image.patchPx];
  const patches = graph.node('Conv', [pixels, graph.weight(image.patchConvolution)], {
    kernel_shape: { kind: 'ints', value: side },
    strides: { kind: 'ints', value: side },
  });
  const flat = graph.node('Reshape', [patches, graph.int64([0, image.width, -1])]);
  return graph.node('Transpose', [flat], { perm: { kind: 'ints', value: [0, 2, 1] } });
}

function withClassToken(
  { graph, batch }: TowerContext,
  image: ImageTowerWeights,
  patches: ValueName,
): ValueName {
  const shape = graph.node('Concat', [batch, graph.int64([1, image.width])], {
    axis: { kind: 'int', value: 0 },
  });
  const classTokens = graph.node('Expand', [graph.weight(image.classToken), shape]);
  return graph.node('Concat', [classTokens, patches], { axis: { kind: 'int', value: 1 } });
}
