// The same weights in other files must give the same features: float32, bfloat16, shards, links, a read-only folder.

import { chmodSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createImageTrial, createTextTrial } from '../tower-trials.ts';
import { openCheckpoint } from './open-checkpoint.ts';
import {
  CheckpointCopy,
  convertTensor,
  portableCheckpoint,
  readTensors,
  roundThroughBfloat16,
  safetensorsBytes,
  type RawTensor,
} from './testing/checkpoint-copies.ts';

async function featuresOf(folder: string): Promise<{ image: Float32Array; text: Float32Array }> {
  const checkpoint = await openCheckpoint(folder);
  const imageTower = await createImageTrial(checkpoint, 'cpu');
  const textTower = await createTextTrial(checkpoint, 'cpu');
  const features = { image: await imageTower.runTrial(), text: await textTower.runTrial() };
  await imageTower.dispose();
  await textTower.dispose();
  return features;
}

function writeShards(copy: CheckpointCopy, tensors: RawTensor[], place = (name: string) => name): void {
  copy.remove('model.safetensors');
  const half = Math.floor(tensors.length / 2);
  const shards = { 'model-00001-of-00002.safetensors': tensors.slice(0, half) };
  const all = { ...shards, 'model-00002-of-00002.safetensors': tensors.slice(half) };
  const weightMap: Record<string, string> = {};
  for (const [file, part] of Object.entries(all)) {
    copy.write(place(file), safetensorsBytes(part));
    for (const { name } of part) weightMap[name] = file;
  }
  copy.write('model.safetensors.index.json', JSON.stringify({ weight_map: weightMap }));
}

const reference = await featuresOf(portableCheckpoint);

describe('the portable checkpoint in other files', () => {
  it('as float32', async () => {
    using copy = new CheckpointCopy().editTensors((all) => all.map((tensor) => convertTensor(tensor, 'F32')));
    expect(await featuresOf(copy.folder)).toEqual(reference);
  });

  it('as float32 in two shards', async () => {
    using copy = new CheckpointCopy();
    const tensors = readTensors(readFileSync(copy.weightFile));
    writeShards(
      copy,
      tensors.map((tensor) => convertTensor(tensor, 'F32')),
    );
    expect(await featuresOf(copy.folder)).toEqual(reference);
  });

  it('as shards that are links into several folders', async () => {
    using copy = new CheckpointCopy();
    const tensors = readTensors(readFileSync(copy.weightFile));
    writeShards(copy, tensors);
    for (const [index, name] of ['model-00001-of-00002', 'model-00002-of-00002'].entries()) {
      const folder = copy.path(`blobs${index}`);
      mkdirSync(folder);
      renameSync(copy.path(`${name}.safetensors`), join(folder, name));
      symlinkSync(join(folder, name), copy.path(`${name}.safetensors`));
    }
    expect(await featuresOf(copy.folder)).toEqual(reference);
  });

  it("as a link into another folder, as HuggingFace's cache has it", async () => {
    using copy = new CheckpointCopy();
    mkdirSync(copy.path('blobs'));
    renameSync(copy.weightFile, copy.path('blobs/0123abcd'));
    symlinkSync('blobs/0123abcd', copy.weightFile);
    expect(await featuresOf(copy.folder)).toEqual(reference);
  });

  it('as bfloat16: equal to the rounded weights in float32', async () => {
    using rounded = new CheckpointCopy().editTensors((all) => all.map(roundThroughBfloat16));
    using copy = new CheckpointCopy().editTensors((all) =>
      all.map((tensor) => convertTensor(tensor, 'BF16')),
    );
    expect(await featuresOf(copy.folder)).toEqual(await featuresOf(rounded.folder));
  });

  it('in a read-only folder with blanks, accents and emoji in its name, where nothing is written', async () => {
    using copy = new CheckpointCopy();
    const folder = copy.path('mÖdel # 100% 🐶');
    mkdirSync(folder);
    for (const name of ['config.json', 'model.safetensors', 'vocab.json', 'merges.txt']) {
      renameSync(copy.path(name), join(folder, name));
    }
    chmodSync(folder, 0o555);
    try {
      const namesBefore = readdirSync(folder);
      expect(await featuresOf(folder)).toEqual(reference);
      expect(readdirSync(folder)).toEqual(namesBefore);
    } finally {
      chmodSync(folder, 0o755);
    }
  });

  it('with sizes left out of config.json', async () => {
    const heads = { num_attention_heads: 1 };
    const config = { model_type: 'clip', vision_config: heads, text_config: heads };
    using copy = new CheckpointCopy().write('config.json', JSON.stringify(config));
    expect(await featuresOf(copy.folder)).toEqual(reference);
  });
});

describe('model id', () => {
  it('is the same for a copy and differs for other weights of the same layout', async () => {
    const { modelId } = await openCheckpoint(portableCheckpoint);
    using copy = new CheckpointCopy();
    expect((await openCheckpoint(copy.folder)).modelId).toBe(modelId);
    const negate = (tensor: RawTensor): RawTensor => ({
      ...tensor,
      bytes: tensor.bytes.map((byte, index) => (index % 2 === 1 ? byte ^ 0x80 : byte)),
    });
    copy.editTensors((all) => all.map(negate));
    expect((await openCheckpoint(copy.folder)).modelId).not.toBe(modelId);
    rmSync(copy.folder, { recursive: true });
  });

  it('differs when config.json asks for another activation', async () => {
    const { modelId } = await openCheckpoint(portableCheckpoint);
    using copy = new CheckpointCopy().editJson('config.json', (json) =>
      Object.assign(json['vision_config'] ?? {}, { hidden_act: 'gelu' }),
    );
    expect((await openCheckpoint(copy.folder)).modelId).not.toBe(modelId);
  });
});
