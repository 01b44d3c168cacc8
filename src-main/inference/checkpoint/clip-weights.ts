// The one description of a CLIP checkpoint that the rest of the engine sees: sizes, and where each tensor's
// bytes lie on disk. Knows no file format and no naming scheme; readers of a layout produce it.

/** Storage types a weight may have. */
export type WeightDtype = 'F32' | 'F16' | 'BF16';

/** Where the bytes of one tensor lie. Nothing is read until it is needed. */
export interface TensorReference {
  readonly name: string;
  /** Absolute path of the file that holds the bytes. */
  readonly file: string;
  readonly offsetBytes: number;
  readonly byteLength: number;
  readonly dtype: WeightDtype;
  /** Row-major, outermost first; empty for a scalar. */
  readonly shape: readonly number[];
}

export type Activation = 'quick_gelu' | 'gelu';

export interface NormWeights {
  readonly scale: TensorReference;
  readonly shift: TensorReference;
}

/** y = x Wᵀ + b with `weight` stored as [out, in]. */
export interface LinearWeights {
  readonly weight: TensorReference;
  readonly bias: TensorReference | null;
}

/** One pre-LN transformer block. */
export interface BlockWeights {
  readonly norm1: NormWeights;
  readonly query: LinearWeights;
  readonly key: LinearWeights;
  readonly value: LinearWeights;
  readonly output: LinearWeights;
  readonly norm2: NormWeights;
  readonly mlpIn: LinearWeights;
  readonly mlpOut: LinearWeights;
}

interface TowerWeights {
  readonly width: number;
  readonly heads: number;
  readonly activation: Activation;
  readonly normEpsilon: number;
  readonly blocks: readonly BlockWeights[];
  readonly finalNorm: NormWeights;
  /** [embeddingSize, width], no bias. */
  readonly projection: LinearWeights;
}

export interface ImageTowerWeights extends TowerWeights {
  readonly patchPx: number;
  /** Side G of the stored position grid, in patches. */
  readonly storedGrid: number;
  /** [width, 3, patch, patch]. */
  readonly patchConvolution: TensorReference;
  /** [width]. */
  readonly classToken: TensorReference;
  /** [1 + G², width]; row 0 is the class token's. */
  readonly positions: TensorReference;
  readonly preNorm: NormWeights;
}

export interface TextTowerWeights extends TowerWeights {
  readonly vocabularySize: number;
  readonly contextLength: number;
  /** [vocabularySize, width]. */
  readonly tokenTable: TensorReference;
  /** [contextLength, width]. */
  readonly positions: TensorReference;
}

export interface ClipWeights {
  readonly embeddingSize: number;
  readonly image: ImageTowerWeights;
  readonly text: TextTowerWeights;
}

/** Every tensor of the model once, in no particular order. */
export function allTensors(weights: ClipWeights): TensorReference[] {
  const { image, text } = weights;
  return [
    image.patchConvolution,
    image.classToken,
    image.positions,
    ...normTensors(image.preNorm),
    ...towerTensors(image),
    text.tokenTable,
    text.positions,
    ...towerTensors(text),
  ];
}

function towerTensors(tower: TowerWeights): TensorReference[] {
  return [
    ...tower.blocks.flatMap(blockTensors),
    ...normTensors(tower.finalNorm),
    ...linearTensors(tower.projection),
  ];
}

function blockTensors(block: BlockWeights): TensorReference[] {
  const linears = [block.query, block.key, block.value, block.output, block.mlpIn, block.mlpOut];
  return [...normTensors(block.norm1), ...normTensors(block.norm2), ...linears.flatMap(linearTensors)];
}

function normTensors(norm: NormWeights): TensorReference[] {
  return [norm.scale, norm.shift];
}

function linearTensors(linear: LinearWeights): TensorReference[] {
  return linear.bias === null ? [linear.weight] : [linear.weight, linear.bias];
}
