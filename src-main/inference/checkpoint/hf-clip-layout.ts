// Maps the tensor names of a HuggingFace CLIPModel to ClipWeights and checks every shape. Sizes come from the
// tensors; config.json only adds what they cannot tell.

import { AppError } from '#shared/errors.ts';
import type { ClipConfig, TowerConfig } from './clip-config.ts';
import type {
  BlockWeights,
  ClipWeights,
  ImageTowerWeights,
  LinearWeights,
  NormWeights,
  TensorReference,
  TextTowerWeights,
} from './clip-weights.ts';
import type { StoredTensor } from './safetensors.ts';

/** Widths whose published models do not have heads of 64 (ViT-H, g, bigG, e): all have 16. */
const SIXTEEN_HEAD_IMAGE_WIDTHS: readonly number[] = [1280, 1408, 1664, 1792];
const USUAL_HEAD_SIZE = 64;

/**
 * Builds the description of both towers.
 * @throws AppError 'model/missing-tensor', 'model/damaged' (a shape that does not fit) or 'model/unsupported'.
 */
export function hfClipWeights(tensors: ReadonlyMap<string, StoredTensor>, config: ClipConfig): ClipWeights {
  const reader = new LayoutReader(tensors);
  const image = imageTower(reader, config.image);
  const text = textTower(reader, config.text);
  const embeddingSize = image.projection.weight.shape[0] ?? 0;
  reader.requireShape(text.projection.weight, [embeddingSize, text.width]);
  return { embeddingSize, image, text };
}

function imageTower(reader: LayoutReader, config: TowerConfig): ImageTowerWeights {
  const prefix = 'vision_model.embeddings.';
  const patchConvolution = reader.tensor(`${prefix}patch_embedding.weight`);
  const width = patchConvolution.shape[0] ?? 0;
  const patchPx = patchConvolution.shape[3] ?? 0;
  reader.requireShape(patchConvolution, [width, 3, patchPx, patchPx]);
  const positions = reader.tensor(`${prefix}position_embedding.weight`);
  const storedGrid = Math.round(Math.sqrt((positions.shape[0] ?? 0) - 1));
  reader.requireShape(positions, [1 + storedGrid * storedGrid, width]);
  const heads = headCount(config, width, SIXTEEN_HEAD_IMAGE_WIDTHS.includes(width) ? 16 : null);
  return {
    width,
    heads,
    patchPx,
    storedGrid,
    activation: config.activation,
    normEpsilon: config.normEpsilon,
    patchConvolution,
    classToken: reader.tensor(`${prefix}class_embedding`, [width]),
    positions,
    // The misspelling is part of the published layout.
    preNorm: reader.norm('vision_model.pre_layrnorm', width),
    blocks: reader.blocks('vision_model', width, config.blockCount),
    finalNorm: reader.norm('vision_model.post_layernorm', width),
    projection: reader.projection('visual_projection.weight', width),
  };
}

function textTower(reader: LayoutReader, config: TowerConfig): TextTowerWeights {
  const tokenTable = reader.tensor('text_model.embeddings.token_embedding.weight');
  const vocabularySize = tokenTable.shape[0] ?? 0;
  const width = tokenTable.shape[1] ?? 0;
  reader.requireShape(tokenTable, [vocabularySize, width]);
  const positions = reader.tensor('text_model.embeddings.position_embedding.weight');
  const contextLength = positions.shape[0] ?? 0;
  reader.requireShape(positions, [contextLength, width]);
  return {
    width,
    heads: headCount(config, width, null),
    vocabularySize,
    contextLength,
    activation: config.activation,
    normEpsilon: config.normEpsilon,
    tokenTable,
    positions,
    blocks: reader.blocks('text_model', width, config.blockCount),
    finalNorm: reader.norm('text_model.final_layer_norm', width),
    projection: reader.projection('text_projection.weight', width),
  };
}

function headCount(config: TowerConfig, width: number, exception: number | null): number {
  const heads = config.heads ?? exception ?? Math.round(width / USUAL_HEAD_SIZE);
  if (heads > 0 && width % heads === 0) return heads;
  throw new AppError(
    'model/unsupported',
    `The checkpoint's width ${width} cannot be split into ${heads} attention heads. Check its config.json.`,
    { details: { width, heads } },
  );
}

/** Looks tensors up by name; every miss or misfit becomes an error that names the tensor. */
class LayoutReader {
  readonly #tensors: ReadonlyMap<string, StoredTensor>;

  constructor(tensors: ReadonlyMap<string, StoredTensor>) {
    this.#tensors = tensors;
  }

  tensor(name: string, shape?: readonly number[]): TensorReference {
    const stored = this.#tensors.get(name);
    if (stored === undefined) {
      throw new AppError(
        'model/missing-tensor',
        `The checkpoint lacks the tensor "${name}", which every CLIP model has. The file is incomplete; get it again.`,
        { details: { tensor: name } },
      );
    }
    const reference = weightReference(stored);
    if (shape !== undefined) this.requireShape(reference, shape);
    return reference;
  }

  requireShape(tensor: TensorReference, shape: readonly number[]): void {
    const fits = tensor.shape.length === shape.length && shape.every((size, i) => size === tensor.shape[i]);
    if (fits && shape.every((size) => size > 0)) return;
    throw new AppError(
      'model/damaged',
      `The tensor "${tensor.name}" has the shape [${tensor.shape.join(', ')}] where the other weights ask for ` +
        `[${shape.join(', ')}]. The checkpoint is mixed up or not a CLIP model.`,
      { details: { tensor: tensor.name, shape: tensor.shape, expected: shape } },
    );
  }

  norm(prefix: string, width: number): NormWeights {
    return {
      scale: this.tensor(`${prefix}.weight`, [width]),
      shift: this.tensor(`${prefix}.bias`, [width]),
    };
  }

  projection(name: string, width: number): LinearWeights {
    const weight = this.tensor(name);
    this.requireShape(weight, [weight.shape[0] ?? 0, width]);
    return { weight, bias: null };
  }

  /** Blocks 0 … L−1; L from the config, else from the highest index that is there. */
  blocks(tower: string, width: number, configuredCount: number | null): BlockWeights[] {
    const count = configuredCount ?? this.#storedBlockCount(tower);
    const blocks: BlockWeights[] = [];
    // One at a time: a config that claims a billion blocks fails at the first one that is not there.
    for (let index = 0; index < Math.max(1, count); index++) {
      blocks.push(this.#block(`${tower}.encoder.layers.${index}`, width));
    }
    return blocks;
  }

  #storedBlockCount(tower: string): number {
    const pattern = new RegExp(`^${tower}\\.encoder\\.layers\\.(\\d+)\\.`);
    const found = [...this.#tensors.keys()].map((name) => Number(pattern.exec(name)?.[1] ?? -1));
    return Math.max(...found) + 1;
  }

  #block(prefix: string, width: number): BlockWeights {
    const attention = `${prefix}.self_attn`;
    const mlpWidth = this.tensor(`${prefix}.mlp.fc1.weight`).shape[0] ?? 0;
    return {
      norm1: this.norm(`${prefix}.layer_norm1`, width),
      query: this.#linear(`${attention}.q_proj`, width, width),
      key: this.#linear(`${attention}.k_proj`, width, width),
      value: this.#linear(`${attention}.v_proj`, width, width),
      output: this.#linear(`${attention}.out_proj`, width, width),
      norm2: this.norm(`${prefix}.layer_norm2`, width),
      mlpIn: this.#linear(`${prefix}.mlp.fc1`, mlpWidth, width),
      mlpOut: this.#linear(`${prefix}.mlp.fc2`, width, mlpWidth),
    };
  }

  #linear(prefix: string, outSize: number, inSize: number): LinearWeights {
    return {
      weight: this.tensor(`${prefix}.weight`, [outSize, inSize]),
      bias: this.tensor(`${prefix}.bias`, [outSize]),
    };
  }
}

function weightReference(stored: StoredTensor): TensorReference {
  const { name, file, offsetBytes, byteLength, dtype, shape } = stored;
  if (dtype !== 'F32' && dtype !== 'F16' && dtype !== 'BF16') {
    throw new AppError(
      'model/unsupported',
      `The tensor "${name}" is stored as ${dtype}; supported are F32, F16 and BF16 weights. ` +
        'Get the checkpoint without quantisation.',
      { details: { tensor: name, dtype } },
    );
  }
  return { name, file, offsetBytes, byteLength, dtype, shape };
}
