// The building blocks of CLIP's transformers as ONNX nodes: LayerNorm, linear layers, attention, MLP. Tokens are
// flat, [B·T, W], between them: Gemm reads the stored [out, in] weights as they are, without a transposed copy.

import type { Activation, BlockWeights, LinearWeights, NormWeights } from '../checkpoint/clip-weights.ts';
import type { GraphBuilder, ValueName } from './graph-builder.ts';

const QUICK_GELU_FACTOR = 1.702;

interface TowerSettings {
  readonly width: number;
  readonly heads: number;
  readonly activation: Activation;
  readonly normEpsilon: number;
}

/** What the layers of one tower share inside one graph. */
export interface TowerContext {
  readonly graph: GraphBuilder;
  readonly tower: TowerSettings;
  readonly headSize: number;
  /** int64 [1]: the batch size B, known only when the graph runs. */
  readonly batch: ValueName;
}

/** `batched` is any value whose first axis is the batch. */
export function towerContext(graph: GraphBuilder, tower: TowerSettings, batched: ValueName): TowerContext {
  return { graph, tower, headSize: tower.width / tower.heads, batch: dimension(graph, batched, 0) };
}

/** int64 [1] holding the length of one axis. */
function dimension(graph: GraphBuilder, value: ValueName, axis: number): ValueName {
  return graph.node('Gather', [graph.node('Shape', [value]), graph.int64([axis])], {
    axis: { kind: 'int', value: 0 },
  });
}

/** [B, T, W] → [B·T, W]. */
export function flattenTokens({ graph, tower }: TowerContext, x: ValueName): ValueName {
  return graph.node('Reshape', [x, graph.int64([-1, tower.width])]);
}

/** [B·T, W] → [B, T, W]. */
export function batchTokens(context: TowerContext, x: ValueName): ValueName {
  return reshapeBatched(context, x, [-1, context.tower.width]);
}

/** Rows of [rows, W] normalised over W. */
export function layerNorm({ graph, tower }: TowerContext, x: ValueName, norm: NormWeights): ValueName {
  return graph.node('LayerNormalization', [x, graph.weight(norm.scale), graph.weight(norm.shift)], {
    axis: { kind: 'int', value: -1 },
    epsilon: { kind: 'float', value: tower.normEpsilon },
  });
}

/** y = x Wᵀ + b on [rows, in]. */
export function linear({ graph }: TowerContext, x: ValueName, weights: LinearWeights): ValueName {
  const bias = weights.bias === null ? [] : [graph.weight(weights.bias)];
  return graph.node('Gemm', [x, graph.weight(weights.weight), ...bias], {
    transB: { kind: 'int', value: 1 },
  });
}

/** [B·T, W] → [B, heads, T, headSize]. */
export function splitHeads(context: TowerContext, x: ValueName): ValueName {
  const split = reshapeBatched(context, x, [-1, context.tower.heads, context.headSize]);
  return context.graph.node('Transpose', [split], { perm: { kind: 'ints', value: [0, 2, 1, 3] } });
}

/** [B, heads, T, headSize] → [B·T, W]. */
export function joinHeads(context: TowerContext, x: ValueName): ValueName {
  const swapped = context.graph.node('Transpose', [x], { perm: { kind: 'ints', value: [0, 2, 1, 3] } });
  return flattenTokens(context, swapped);
}

/**
 * Scaled attention weights softmax(a bᵀ / √headSize + mask), [B, heads, T, T]. Inputs [B, heads, T, headSize];
 * `mask` broadcasts over batch and heads.
 */
export function attentionWeights(
  { graph, headSize }: TowerContext,
  a: ValueName,
  b: ValueName,
  mask: ValueName | null,
): ValueName {
  const swapped = graph.node('Transpose', [b], { perm: { kind: 'ints', value: [0, 1, 3, 2] } });
  const scaled = graph.node('Mul', [a, graph.scalar(1 / Math.sqrt(headSize))]);
  const logits = graph.node('MatMul', [scaled, swapped]);
  const masked = mask === null ? logits : graph.node('Add', [logits, mask]);
  return graph.node('Softmax', [masked], { axis: { kind: 'int', value: -1 } });
}

/** CLIP's own self-attention with output projection; `x` is already normalised. */
export function selfAttention(
  context: TowerContext,
  x: ValueName,
  block: BlockWeights,
  mask: ValueName | null,
): ValueName {
  const query = splitHeads(context, linear(context, x, block.query));
  const key = splitHeads(context, linear(context, x, block.key));
  const value = splitHeads(context, linear(context, x, block.value));
  const weights = attentionWeights(context, query, key, mask);
  const mixed = context.graph.node('MatMul', [weights, value]);
  return linear(context, joinHeads(context, mixed), block.output);
}

/** One ordinary pre-LN block on [B·T, W]: x + attention(ln_1 x), then + mlp(ln_2 x). */
export function transformerBlock(
  context: TowerContext,
  x: ValueName,
  block: BlockWeights,
  mask: ValueName | null,
): ValueName {
  const { graph } = context;
  const attended = selfAttention(context, layerNorm(context, x, block.norm1), block, mask);
  const middle = graph.node('Add', [x, attended]);
  const fed = mlp(context, layerNorm(context, middle, block.norm2), block);
  return graph.node('Add', [middle, fed]);
}

function mlp(context: TowerContext, x: ValueName, block: BlockWeights): ValueName {
  const hidden = linear(context, x, block.mlpIn);
  return linear(context, activate(context.graph, hidden, context.tower.activation), block.mlpOut);
}

/** Rows divided by their Euclidean length, over the last axis. */
export function unitRows({ graph }: TowerContext, x: ValueName): ValueName {
  const length = graph.node('ReduceL2', [x], {
    axes: { kind: 'ints', value: [-1] },
    keepdims: { kind: 'int', value: 1 },
  });
  return graph.node('Div', [x, length]);
}

/** Reshapes to [B, …rest]. */
export function reshapeBatched(
  { graph, batch }: TowerContext,
  x: ValueName,
  rest: readonly number[],
): ValueName {
  const shape = graph.node('Concat', [batch, graph.int64(rest)], { axis: { kind: 'int', value: 0 } });
  return graph.node('Reshape', [x, shape]);
}

function activate(graph: GraphBuilder, x: ValueName, activation: Activation): ValueName {
  if (activation === 'quick_gelu') {
    const gate = graph.node('Sigmoid', [graph.node('Mul', [x, graph.scalar(QUICK_GELU_FACTOR)])]);
    return graph.node('Mul', [x, gate]);
  }
  const erf = graph.node('Erf', [graph.node('Div', [x, graph.scalar(Math.SQRT2)])]);
  const half = graph.node('Mul', [x, graph.node('Add', [erf, graph.scalar(1)])]);
  return graph.node('Mul', [half, graph.scalar(0.5)]);
}
