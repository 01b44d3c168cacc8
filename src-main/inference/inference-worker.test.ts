import { describe, expect, it } from 'vitest';
import type { ModelInputImage } from '#main/workers/messages.ts';
import {
  CheckpointCopy,
  portableCheckpoint,
  type RawTensor,
} from './checkpoint/testing/checkpoint-copies.ts';
import { createInferenceWorker } from './inference-worker.ts';

const WINDOWS = { cropPx: 112, stridePx: 56 };

function noiseImage(widthPx: number, heightPx: number): ModelInputImage {
  const rgb = Uint8Array.from({ length: widthPx * heightPx * 3 }, (_, i) => (i * 7919) % 256);
  return { widthPx, heightPx, rgb, originalWidthPx: 2 * widthPx, originalHeightPx: 2 * heightPx };
}

async function openWorker(folder = portableCheckpoint) {
  const worker = createInferenceWorker();
  const request = { folder, cacheFolder: '', provider: 'cpu' } as const;
  await worker.openModel({ ...request, tower: 'image' });
  await worker.openModel({ ...request, tower: 'text' });
  return worker;
}

describe('inference worker', () => {
  it('describes the model', async () => {
    const model = await createInferenceWorker().inspectModel({
      folder: portableCheckpoint,
      checkValues: true,
    });
    expect(model).toMatchObject({
      name: 'checkpoint',
      embeddingSize: 32,
      patchPx: 16,
      storedGrid: 14,
      imageWidth: 64,
      imageBlocks: 12,
      textWidth: 64,
      textBlocks: 2,
      activation: 'quick_gelu',
      dtype: 'F16',
      isDemo: false,
    });
    expect(model.modelId).toMatch(/^[0-9a-f]{24}$/);
  });

  it('answers the same when a model is opened twice', async () => {
    const worker = createInferenceWorker();
    const request = { folder: portableCheckpoint, cacheFolder: '', tower: 'image', provider: 'cpu' } as const;
    expect(await worker.openModel(request)).toBe(await worker.openModel(request));
  });

  it('batches windows without changing their features, and reports progress', async () => {
    const worker = await openWorker();
    const image = noiseImage(230, 150);
    const fractions: number[] = [];
    const all = await worker.encodeImage(
      { image, method: 'clearclip', window: WINDOWS },
      { onProgress: (fraction) => fractions.push(fraction) },
    );
    expect(fractions.at(-1)).toBe(1);
    expect(fractions).toEqual([...fractions].sort((a, b) => a - b));
    const rowCount = all.windows.reduce((sum, window) => sum + window.gridRows * window.gridColumns, 0);
    expect(all.values.length).toBe(rowCount * all.embeddingSize);
    let offset = 0;
    for (const window of all.windows) {
      const alone = await worker.encodeImage({
        image: cut(image, window),
        method: 'clearclip',
        window: { cropPx: 112, stridePx: 112 },
      });
      const part = all.values.subarray(offset, offset + alone.values.length);
      const largest = part.reduce((max, value, i) => Math.max(max, Math.abs(value - alone.values[i]!)), 0);
      expect(largest).toBeLessThan(2e-6);
      offset += part.length;
    }
  });

  it('encodes many names like each alone', async () => {
    const worker = await openWorker();
    const templates = ['a photo of a {}.', '{}', 'the {} in a video game, seen from far away.'];
    const names = ['sky', 'a very long name with more than a few words', '', '🐶', 'tree'];
    const all = await worker.encodeNames({ names, templates });
    for (const [index, name] of names.entries()) {
      const alone = await worker.encodeNames({ names: [name], templates });
      for (let c = 0; c < 32; c++) expect(all[index * 32 + c]).toBeCloseTo(alone[c]!, 5);
    }
    expect((await worker.encodeNames({ names: [], templates })).length).toBe(0);
  });

  it('says so when no model is open', async () => {
    const worker = createInferenceWorker();
    await expect(worker.encodeNames({ names: ['a'], templates: ['{}'] })).rejects.toMatchObject({
      code: 'model/not-found',
    });
  });

  it.each(['vision_model.encoder.layers.2.mlp.fc1.weight', 'text_model.encoder.layers.0.mlp.fc1.weight'])(
    'refuses a model with NaN in %s',
    async (name) => {
      const poison = (tensor: RawTensor): RawTensor =>
        tensor.name === name ? { ...tensor, bytes: new Uint8Array(tensor.bytes.length).fill(0xff) } : tensor;
      using copy = new CheckpointCopy().editTensors((all) => all.map(poison));
      await expect(openWorker(copy.folder)).rejects.toMatchObject({ code: 'model/not-finite' });
    },
  );
});

function cut(
  image: ModelInputImage,
  box: { x0: number; y0: number; x1: number; y1: number },
): ModelInputImage {
  const widthPx = box.x1 - box.x0;
  const heightPx = box.y1 - box.y0;
  const rgb = new Uint8Array(widthPx * heightPx * 3);
  for (let y = 0; y < heightPx; y++) {
    const start = ((box.y0 + y) * image.widthPx + box.x0) * 3;
    rgb.set(image.rgb.subarray(start, start + widthPx * 3), y * widthPx * 3);
  }
  return { widthPx, heightPx, rgb, originalWidthPx: widthPx, originalHeightPx: heightPx };
}
