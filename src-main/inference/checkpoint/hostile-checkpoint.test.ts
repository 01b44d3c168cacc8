// Damaged, incomplete and foreign checkpoints: each is refused with the code and a sentence that names the fault.

import { rmSync, statSync, symlinkSync, truncateSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { checkWeightsAreFinite } from './check-values.ts';
import { openCheckpoint } from './open-checkpoint.ts';
import {
  CheckpointCopy,
  portableCheckpoint,
  safetensorsBytes,
  withHeader,
  type RawTensor,
} from './testing/checkpoint-copies.ts';

const TINY = '{"a":{"dtype":"F16","shape":[2],"data_offsets":[0,4]}}';

async function expectRefused(copy: CheckpointCopy, code: string, words: RegExp): Promise<void> {
  await expect(openCheckpoint(copy.folder)).rejects.toMatchObject({
    code,
    message: expect.stringMatching(words) as string,
  });
}

describe('damaged weight files', () => {
  it.each<[string, Uint8Array, RegExp]>([
    ['empty', new Uint8Array(), /only 0 bytes/],
    ['header longer than the file', withHeader(TINY, new Uint8Array(4), 4000n), /claims 4000 bytes/],
    ['giant header', withHeader(TINY, new Uint8Array(4), 1n << 62n), /more than the format allows/],
    ['header length zero', withHeader('', new Uint8Array(4)), /claims 0 bytes/],
    ['header not JSON', withHeader('{"a":', new Uint8Array(4)), /not valid JSON/],
    ['header a list', withHeader('[1]', new Uint8Array(4)), /not valid JSON/],
    ['entry not a table', withHeader('{"a":3}', new Uint8Array(4)), /"a" is not a table/],
    ['data cut off', withHeader(TINY, new Uint8Array(3)), /cut off/],
    ['shape against bytes', withHeader(TINY.replace('[2]', '[3]'), new Uint8Array(4)), /needs 6 bytes/],
    ['unknown type', withHeader(TINY.replace('F16', 'F17'), new Uint8Array(4)), /unknown data type "F17"/],
    ['negative size', withHeader(TINY.replace('[2]', '[-2]'), new Uint8Array(4)), /valid shape/],
    ['offsets swapped', withHeader(TINY.replace('[0,4]', '[4,0]'), new Uint8Array(4)), /wrong order/],
    ['offsets not numbers', withHeader(TINY.replace('[0,4]', '["0",4]'), new Uint8Array(4)), /valid offsets/],
    ['offset out of range', withHeader(TINY.replace('[0,4]', '[96,100]'), new Uint8Array(4)), /ends at byte/],
    ['huge shape', withHeader(TINY.replace('[2]', '[9007199254740991,8]'), new Uint8Array(4)), /needs/],
  ])('%s', async (_, bytes, words) => {
    using copy = new CheckpointCopy().write('model.safetensors', bytes);
    await expectRefused(copy, 'model/damaged', words);
  });

  it('overlapping tensors', async () => {
    const header = {
      a: { dtype: 'F16', shape: [4], data_offsets: [0, 8] },
      b: { dtype: 'F16', shape: [4], data_offsets: [6, 14] },
    };
    const bytes = withHeader(JSON.stringify(header), new Uint8Array(14));
    using copy = new CheckpointCopy().write('model.safetensors', bytes);
    await expectRefused(copy, 'model/damaged', /"a" and "b" overlap/);
  });

  it('the same name twice', async () => {
    const entry = '{"dtype":"F16","shape":[2],"data_offsets":[0,4]}';
    const bytes = withHeader(`{"w\\u0061":${entry}, "wa" : ${entry}}`, new Uint8Array(4));
    using copy = new CheckpointCopy().write('model.safetensors', bytes);
    await expectRefused(copy, 'model/damaged', /"wa" is listed twice/);
  });

  it('cut anywhere', async () => {
    const size = statSync(join(portableCheckpoint, 'model.safetensors')).size;
    for (const keep of [4, 8, 1000, Math.floor(size / 2), size - 1]) {
      using copy = new CheckpointCopy();
      truncateSync(copy.weightFile, keep);
      await expectRefused(copy, 'model/damaged', /damaged/);
    }
  });
});

describe('incomplete checkpoints', () => {
  it('no folder', async () => {
    await expect(openCheckpoint('/nonexistent/model')).rejects.toMatchObject({ code: 'model/not-found' });
  });

  it('no weights', async () => {
    using copy = new CheckpointCopy().remove('model.safetensors');
    await expectRefused(copy, 'model/missing-file', /model\.safetensors/);
  });

  it('no config.json', async () => {
    using copy = new CheckpointCopy().remove('config.json');
    await expectRefused(copy, 'model/missing-file', /config\.json/);
  });

  it('config.json not JSON', async () => {
    using copy = new CheckpointCopy().write('config.json', '{');
    await expectRefused(copy, 'model/damaged', /config\.json/);
  });

  it.each([
    'vision_model.pre_layrnorm.weight',
    'vision_model.encoder.layers.5.self_attn.k_proj.bias',
    'text_model.encoder.layers.1.mlp.fc2.weight',
    'visual_projection.weight',
  ])('the tensor %s is missing', async (name) => {
    using copy = new CheckpointCopy().editTensors((all) => all.filter((tensor) => tensor.name !== name));
    await expectRefused(copy, 'model/missing-tensor', new RegExp(`"${name}"`));
  });

  it('the last block is missing', async () => {
    using copy = new CheckpointCopy().editTensors((all) =>
      all.filter(({ name }) => !name.includes('layers.11.')),
    );
    await expectRefused(copy, 'model/missing-tensor', /vision_model\.encoder\.layers\.11\./);
  });

  it('a config that claims a billion blocks', async () => {
    using copy = new CheckpointCopy().editJson('config.json', (json) =>
      Object.assign(json['vision_config'] ?? {}, { num_hidden_layers: 1_000_000_000 }),
    );
    await expectRefused(copy, 'model/missing-tensor', /vision_model\.encoder\.layers\.12\./);
  });

  it('a tensor of another size', async () => {
    const narrow = (tensor: RawTensor): RawTensor =>
      tensor.name === 'vision_model.post_layernorm.bias'
        ? { ...tensor, shape: [32], bytes: tensor.bytes.slice(0, 64) }
        : tensor;
    using copy = new CheckpointCopy().editTensors((all) => all.map(narrow));
    await expectRefused(copy, 'model/damaged', /post_layernorm\.bias.*\[32\].*\[64\]/);
  });

  it('a quantised tensor', async () => {
    const quantise = (tensor: RawTensor): RawTensor =>
      tensor.name.endsWith('0.mlp.fc1.weight')
        ? { ...tensor, dtype: 'I8', bytes: tensor.bytes.slice(0, tensor.bytes.length / 2) }
        : tensor;
    using copy = new CheckpointCopy().editTensors((all) => all.map(quantise));
    await expectRefused(copy, 'model/unsupported', /stored as I8/);
  });

  it('an activation that is not known', async () => {
    using copy = new CheckpointCopy().editJson('config.json', (json) =>
      Object.assign(json['vision_config'] ?? {}, { hidden_act: 'silu' }),
    );
    await expectRefused(copy, 'model/unsupported', /"silu"/);
  });

  it('shards: a file that is missing, a foreign path, a tensor that is not there', async () => {
    using copy = new CheckpointCopy().remove('model.safetensors');
    const index = (map: object) =>
      copy.write('model.safetensors.index.json', JSON.stringify({ weight_map: map }));
    index({ a: 'model-00001-of-00001.safetensors' });
    await expectRefused(copy, 'model/missing-file', /model-00001/);
    index({ a: '../../etc/passwd' });
    await expectRefused(copy, 'model/damaged', /not the name of a weight file/);
    copy.write('one.safetensors', safetensorsBytes([]));
    index({ a: 'one.safetensors' });
    await expectRefused(copy, 'model/missing-tensor', /"a" in one\.safetensors/);
    copy.write('model.safetensors.index.json', 'nonsense');
    await expectRefused(copy, 'model/damaged', /lists no tensors/);
  });

  it('a weight file that is a broken link', async () => {
    using copy = new CheckpointCopy();
    rmSync(copy.weightFile);
    symlinkSync('/nonexistent/blob', copy.weightFile);
    await expectRefused(copy, 'model/missing-file', /model\.safetensors/);
  });
});

describe('weights that are not numbers', () => {
  it.each([
    ['NaN', 0x7e00],
    ['infinity', 0xfc00],
  ])('%s is found and the tensor named', async (_, bits) => {
    const poison = (tensor: RawTensor): RawTensor => {
      if (tensor.name !== 'vision_model.encoder.layers.3.mlp.fc1.weight') return tensor;
      const words = new Uint16Array(Uint8Array.from(tensor.bytes).buffer);
      words[1234] = bits;
      return { ...tensor, bytes: new Uint8Array(words.buffer) };
    };
    using copy = new CheckpointCopy().editTensors((all) => all.map(poison));
    const { weights } = await openCheckpoint(copy.folder);
    await expect(checkWeightsAreFinite(weights)).rejects.toMatchObject({
      code: 'model/not-finite',
      details: { tensor: 'vision_model.encoder.layers.3.mlp.fc1.weight', element: 1234 },
    });
  });

  it('a healthy checkpoint passes', async () => {
    using copy = new CheckpointCopy();
    await checkWeightsAreFinite((await openCheckpoint(copy.folder)).weights);
  });
});

describe('foreign architectures are named', () => {
  it.each([
    ['siglip', /SigLIP/],
    ['dinov2', /DINOv2/],
    ['bert', /BERT/],
    ['metaclip_2', /MetaCLIP 2/],
    ['clip_vision_model', /only the image tower/],
    ['something_new', /something_new/],
  ])('model_type %s', async (modelType, words) => {
    using copy = new CheckpointCopy().editJson('config.json', (json) =>
      Object.assign(json, { model_type: modelType }),
    );
    await expectRefused(copy, 'model/unsupported', words);
  });

  it.each([
    ['visual.trunk.blocks.0.attn.qkv.weight', /timm image tower/],
    ['visual.conv1.weight', /open_clip layout/],
    ['visual.blocks.0.attn.q_proj.weight', /EVA/],
    ['text.transformer.embeddings.word_embeddings.weight', /CLIPA/],
    ['visual.layer1.0.conv1.weight', /ResNet/],
    ['embeddings.mask_token', /DINO/],
    ['bert.embeddings.word_embeddings.weight', /BERT/],
    ['vision_model.head.probe', /SigLIP/],
    ['vision_model.embeddings.class_embedding', /only the image tower/],
    ['text_model.final_layer_norm.weight', /only the text tower/],
    ['layers.0.weight', /unknown architecture/],
  ])('tensor %s', async (name, words) => {
    const tensor = { name, dtype: 'F16', shape: [2], bytes: new Uint8Array(4) };
    using copy = new CheckpointCopy().editTensors(() => [tensor]);
    await expectRefused(copy, 'model/unsupported', words);
  });

  it.each([
    ['open_clip_model.safetensors', /an open_clip checkpoint/],
    ['pytorch_model.bin', /PyTorch pickle/],
    ['ViT-B-16.pt', /PyTorch pickle/],
    ['vision_model.onnx', /ONNX export/],
  ])('a folder with %s alone', async (name, words) => {
    using copy = new CheckpointCopy().remove('model.safetensors').write(name, 'x');
    await expectRefused(copy, 'model/unsupported', words);
  });
});
