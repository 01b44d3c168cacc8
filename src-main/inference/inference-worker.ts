// The inference process's handlers: opens a checkpoint, runs one of its towers. Holds the sessions; knows no
// project, no image file and no database. Cancelling means that the process is killed.

import type {
  InferenceWorkerApi,
  ModelSummary,
  OpenModelResult,
  ProviderName,
} from '#main/workers/messages.ts';
import { AppError } from '#shared/errors.ts';
import { checkWeightsAreFinite } from './checkpoint/check-values.ts';
import { openCheckpoint, type Checkpoint } from './checkpoint/open-checkpoint.ts';
import { probeSlowdown } from './runtime/device-probe.ts';
import { isProviderBundled } from './runtime/ort.ts';
import { chooseProvider, type TrialEncoder } from './runtime/provider-choice.ts';
import { createImageTrial, createTextTrial, type ImageTrial, type TextTrial } from './tower-trials.ts';
import { loadVocabulary } from './text/bpe-vocabulary.ts';

type Wanted = ProviderName | 'auto';

interface OpenTower<Encoder extends TrialEncoder> {
  readonly modelId: string;
  readonly wanted: Wanted;
  readonly encoder: Encoder;
  readonly result: OpenModelResult;
}

/** One tower's slot: opening the same model again costs nothing, another one replaces it. */
class TowerSlot<Encoder extends TrialEncoder> {
  readonly #create: (checkpoint: Checkpoint, provider: ProviderName) => Promise<Encoder>;
  #open: OpenTower<Encoder> | null = null;

  constructor(create: (checkpoint: Checkpoint, provider: ProviderName) => Promise<Encoder>) {
    this.#create = create;
  }

  async open(checkpoint: Checkpoint, wanted: Wanted): Promise<OpenModelResult> {
    const { modelId } = checkpoint;
    if (this.#open?.modelId === modelId && this.#open.wanted === wanted) return this.#open.result;
    await this.#open?.encoder.dispose();
    this.#open = null;
    const choice = await chooseProvider<Encoder>(wanted, {
      isBundled: isProviderBundled,
      probeSlowdown,
      create: (provider) => this.#create(checkpoint, provider),
    });
    const result: OpenModelResult = {
      model: summaryOf(checkpoint),
      provider: choice.provider,
      providerReason: choice.reason,
    };
    this.#open = { modelId, wanted, encoder: choice.encoder, result };
    return result;
  }

  get(): Encoder {
    if (this.#open !== null) return this.#open.encoder;
    throw new AppError('model/not-found', 'No model is open. Choose a model first.');
  }
}

/** Handlers of the inference process; usable in-process by tests and benchmarks. */
export function createInferenceWorker(): InferenceWorkerApi {
  const image = new TowerSlot<ImageTrial>(createImageTrial);
  const text = new TowerSlot<TextTrial>(createTextTrial);
  return {
    openModel: async ({ folder, tower, provider }) => {
      const checkpoint = await openCheckpoint(folder);
      return tower === 'image' ? image.open(checkpoint, provider) : text.open(checkpoint, provider);
    },
    encodeImage: async (request, options) =>
      image.get().encoder.encodeImage(request.image, request.method, request.window, options?.onProgress),
    encodeNames: async ({ names, templates }, options) =>
      text.get().encoder.encodeNames(names, templates, options?.onProgress),
    inspectModel: async ({ folder, checkValues }) => {
      const checkpoint = await openCheckpoint(folder);
      await loadVocabulary(checkpoint.folder, checkpoint.weights.text.vocabularySize);
      if (checkValues) await checkWeightsAreFinite(checkpoint.weights);
      return summaryOf(checkpoint);
    },
  };
}

function summaryOf({ modelId, name, folder, weights, dtype, isDemo }: Checkpoint): ModelSummary {
  const { image, text, embeddingSize } = weights;
  return {
    modelId,
    name,
    folder,
    embeddingSize,
    patchPx: image.patchPx,
    storedGrid: image.storedGrid,
    imageWidth: image.width,
    imageBlocks: image.blocks.length,
    textWidth: text.width,
    textBlocks: text.blocks.length,
    activation: image.activation,
    dtype,
    isDemo,
  };
}
