// Writes a full-size CLIP ViT-B/16 with random float16 weights as a HuggingFace folder, for measuring speed where
// real weights cannot be had. Usage: node bench/make-random-clip.ts [FOLDER] (default bench/.cache/vit-b-16).

import { existsSync } from 'node:fs';
import { copyFile, mkdir, open, rename, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { float32ToFloat16Bits } from '#main/inference/checkpoint/half-floats.ts';

const benchFolder = dirname(fileURLToPath(import.meta.url));

export const RANDOM_CLIP_FOLDER = join(benchFolder, '.cache', 'vit-b-16');

const EMBEDDING = 512;
const IMAGE = { width: 768, blocks: 12, heads: 12, patchPx: 16, grid: 14 };
const TEXT = { width: 512, blocks: 12, heads: 8, vocabulary: 49408, context: 77 };

/** Random numbers come from one table of this length, read from ever new places: 150 million are needed. */
const POOL_SIZE = 1 << 17;

interface Entry {
  name: string;
  shape: number[];
  mean: number;
  deviation: number;
}

/** Writes the folder unless it is there already, and returns its path. */
export async function makeRandomClip(folder: string = RANDOM_CLIP_FOLDER): Promise<string> {
  const target = resolve(folder);
  if (existsSync(join(target, 'model.safetensors'))) return target;
  await mkdir(target, { recursive: true });
  await writeFile(join(target, 'config.json'), JSON.stringify(configJson(), null, 2));
  await copyFile(join(benchFolder, '../models/clip-bpe/merges.txt'), join(target, 'merges.txt'));
  const partial = join(target, 'model.safetensors.partial');
  await writeWeights(partial);
  await rename(partial, join(target, 'model.safetensors'));
  return target;
}

function configJson(): object {
  const shared = { hidden_act: 'quick_gelu', layer_norm_eps: 1e-5, projection_dim: EMBEDDING };
  return {
    architectures: ['CLIPModel'],
    model_type: 'clip',
    projection_dim: EMBEDDING,
    torch_dtype: 'float16',
    vision_config: {
      ...shared,
      hidden_size: IMAGE.width,
      intermediate_size: 4 * IMAGE.width,
      num_attention_heads: IMAGE.heads,
      num_hidden_layers: IMAGE.blocks,
      image_size: IMAGE.grid * IMAGE.patchPx,
      patch_size: IMAGE.patchPx,
    },
    text_config: {
      ...shared,
      hidden_size: TEXT.width,
      intermediate_size: 4 * TEXT.width,
      num_attention_heads: TEXT.heads,
      num_hidden_layers: TEXT.blocks,
      max_position_embeddings: TEXT.context,
      vocab_size: TEXT.vocabulary,
      bos_token_id: 49406,
      eos_token_id: 49407,
    },
  };
}

function allEntries(): Entry[] {
  const { width, patchPx, grid } = IMAGE;
  const vision = 'vision_model.embeddings.';
  return [
    { name: 'logit_scale', shape: [], mean: 4.6, deviation: 0 },
    matrix(`${vision}patch_embedding.weight`, [width, 3, patchPx, patchPx], 0.02),
    matrix(`${vision}class_embedding`, [width], 0.5),
    matrix(`${vision}position_embedding.weight`, [1 + grid * grid, width], 0.5),
    ...norm('vision_model.pre_layrnorm', width),
    ...tower('vision_model', width, IMAGE.blocks),
    ...norm('vision_model.post_layernorm', width),
    matrix('visual_projection.weight', [EMBEDDING, width], width ** -0.5),
    matrix('text_model.embeddings.token_embedding.weight', [TEXT.vocabulary, TEXT.width], 0.5),
    matrix('text_model.embeddings.position_embedding.weight', [TEXT.context, TEXT.width], 0.3),
    ...tower('text_model', TEXT.width, TEXT.blocks),
    ...norm('text_model.final_layer_norm', TEXT.width),
    matrix('text_projection.weight', [EMBEDDING, TEXT.width], TEXT.width ** -0.5),
  ];
}

function tower(prefix: string, width: number, blocks: number): Entry[] {
  return Array.from({ length: blocks }, (_, index) =>
    block(`${prefix}.encoder.layers.${index}`, width),
  ).flat();
}

function block(prefix: string, width: number): Entry[] {
  const attention = ['q_proj', 'k_proj', 'v_proj', 'out_proj'];
  return [
    ...norm(`${prefix}.layer_norm1`, width),
    ...norm(`${prefix}.layer_norm2`, width),
    ...attention.flatMap((name) => linear(`${prefix}.self_attn.${name}`, width, width)),
    ...linear(`${prefix}.mlp.fc1`, 4 * width, width),
    ...linear(`${prefix}.mlp.fc2`, width, 4 * width),
  ];
}

function norm(prefix: string, width: number): Entry[] {
  return [
    { name: `${prefix}.weight`, shape: [width], mean: 1, deviation: 0.05 },
    { name: `${prefix}.bias`, shape: [width], mean: 0, deviation: 0.05 },
  ];
}

function linear(prefix: string, outSize: number, inSize: number): Entry[] {
  return [
    matrix(`${prefix}.weight`, [outSize, inSize], inSize ** -0.5),
    matrix(`${prefix}.bias`, [outSize], 0.02),
  ];
}

function matrix(name: string, shape: number[], deviation: number): Entry {
  return { name, shape, mean: 0, deviation };
}

async function writeWeights(path: string): Promise<void> {
  const entries = allEntries();
  const header: Record<string, object> = { __metadata__: { format: 'pt' } };
  let offset = 0;
  for (const { name, shape } of entries) {
    const end = offset + 2 * elementCount(shape);
    header[name] = { dtype: 'F16', shape, data_offsets: [offset, end] };
    offset = end;
  }
  const headerBytes = Buffer.from(JSON.stringify(header));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(headerBytes.length));
  await using handle = await open(path, 'w');
  await handle.write(length);
  await handle.write(headerBytes);
  const random = randomSource(1);
  const pool = Float64Array.from({ length: POOL_SIZE }, () => normal(random));
  for (const entry of entries) await handle.write(tensorBytes(entry, pool, random));
}

function tensorBytes(entry: Entry, pool: Float64Array, random: () => number): Uint8Array {
  const out = new Uint16Array(elementCount(entry.shape));
  const values = pool.subarray(0, Math.min(POOL_SIZE, out.length));
  const halves = Uint16Array.from(values, (value) =>
    float32ToFloat16Bits(entry.mean + entry.deviation * value),
  );
  for (let start = 0; start < out.length;) {
    const from = Math.floor(random() * halves.length);
    const piece = halves.subarray(from, from + Math.min(out.length - start, halves.length - from));
    out.set(piece, start);
    start += piece.length;
  }
  return new Uint8Array(out.buffer);
}

function elementCount(shape: number[]): number {
  return shape.reduce((product, size) => product * size, 1);
}

/** mulberry32: small, seeded, good enough for noise. */
function randomSource(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

/** Box-Muller. */
function normal(random: () => number): number {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  process.stdout.write(`${await makeRandomClip(process.argv[2])}\n`);
}
