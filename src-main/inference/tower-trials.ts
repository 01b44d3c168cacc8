// The two encoders with the known inputs of the provider self-test.

import type { ProviderName } from '#main/workers/messages.ts';
import type { Checkpoint } from './checkpoint/open-checkpoint.ts';
import { textGraph } from './graph/text-graph.ts';
import { ImageEncoder } from './image/image-encoder.ts';
import { loadVocabulary } from './text/bpe-vocabulary.ts';
import { PromptEncoder } from './text/prompt-encoder.ts';
import { TokenEmbeddings } from './text/token-embeddings.ts';
import { Tokenizer } from './text/tokenizer.ts';
import { createGraphSession } from './runtime/ort.ts';
import type { TrialEncoder } from './runtime/provider-choice.ts';

export interface ImageTrial extends TrialEncoder {
  readonly encoder: ImageEncoder;
}

export interface TextTrial extends TrialEncoder {
  readonly encoder: PromptEncoder;
}

const TRIAL_PROMPTS = ['a photo of a cat.', 'a sketch of the traffic light.'];

/** Image tower; the known input is a fixed pattern at the size the model was trained for. */
export async function createImageTrial({ weights }: Checkpoint, provider: ProviderName): Promise<ImageTrial> {
  const encoder = await ImageEncoder.create(weights, provider);
  const { storedGrid: side, patchPx } = weights.image;
  const pixels = trialPixels(side * patchPx);
  return {
    encoder,
    runTrial: () => encoder.encodePixels(pixels, 1, { rows: side, columns: side }, 'clearclip'),
    dispose: () => encoder.dispose(),
  };
}

/** Text tower; the known input is two prompts. */
export async function createTextTrial(checkpoint: Checkpoint, provider: ProviderName): Promise<TextTrial> {
  const { weights, folder } = checkpoint;
  const { vocabularySize, contextLength } = weights.text;
  const tokenizer = new Tokenizer(await loadVocabulary(folder, vocabularySize));
  const tokens = await TokenEmbeddings.create(weights.text);
  const session = await createGraphSession(textGraph(weights.text), provider);
  const { embeddingSize } = weights;
  const encoder = new PromptEncoder({ session, tokenizer, tokens, contextLength, embeddingSize });
  return {
    encoder,
    runTrial: () => encoder.encodePrompts(TRIAL_PROMPTS),
    dispose: () => encoder.dispose(),
  };
}

/** Waves of several lengths, within the range of normalised pixels; float32 [3, side, side]. */
function trialPixels(sidePx: number): Float32Array {
  const pixels = new Float32Array(3 * sidePx * sidePx);
  for (let index = 0; index < pixels.length; index++) {
    const x = index % sidePx;
    const y = Math.floor(index / sidePx);
    pixels[index] = Math.sin(x * 0.07 + y * 0.011) + 0.5 * Math.cos(x * 0.31 - y * 0.23);
  }
  return pixels;
}
