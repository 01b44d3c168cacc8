// Recognises checkpoints that are not a HuggingFace CLIPModel and says which they are, so that nobody has to
// guess why a folder is refused.

import { AppError } from '#shared/errors.ts';
import type { ClipConfig } from './clip-config.ts';

const SUPPORTED =
  'Supported are CLIP vision transformers in HuggingFace layout (model_type "clip"): OpenAI, LAION, MetaCLIP, DFN.';

/** `config.json` names: what the model is, in words. */
const MODEL_TYPES: Readonly<Record<string, string>> = {
  siglip: 'SigLIP',
  siglip2: 'SigLIP 2',
  metaclip_2: 'MetaCLIP 2 (worldwide), which has another tokenizer',
  chinese_clip: 'Chinese CLIP, which has a BERT text tower',
  clipseg: 'CLIPSeg',
  align: 'ALIGN',
  altclip: 'AltCLIP',
  blip: 'BLIP',
  groupvit: 'GroupViT',
  owlvit: 'OWL-ViT',
  dinov2: 'DINOv2, an image model without a text tower',
  dinov3_vit: 'DINOv3, an image model without a text tower',
  vit: 'a plain vision transformer without a text tower',
  bert: 'BERT, a text model',
  clip_vision_model: 'only the image tower of a CLIP model',
  clip_text_model: 'only the text tower of a CLIP model',
};

/** First match wins: a tensor whose name starts with (or equals) this, and what holds it. */
const TENSOR_SIGNS: readonly { start: string; what: string }[] = [
  { start: 'vision_model.head.probe', what: 'SigLIP (attention pooling instead of a class token)' },
  { start: 'logit_bias', what: 'SigLIP' },
  { start: 'visual.trunk.', what: 'an open_clip model with a timm image tower (SigLIP, EVA, ConvNeXt …)' },
  { start: 'visual.blocks.', what: 'EVA-CLIP' },
  { start: 'visual.layer1.', what: 'a CLIP ResNet' },
  { start: 'text.transformer.embeddings.', what: 'an open_clip model with a BERT text tower (CLIPA)' },
  {
    start: 'visual.conv1.',
    what: 'a CLIP checkpoint in OpenAI or open_clip layout, which is not supported yet',
  },
  { start: 'clip.vision_model.', what: 'CLIPSeg' },
  { start: 'text_model.encoder.layer.', what: 'a CLIP model with a BERT text tower (Chinese CLIP)' },
  { start: 'bert.', what: 'BERT, a text model' },
  { start: 'embeddings.word_embeddings.', what: 'BERT, a text model' },
  { start: 'embeddings.mask_token', what: 'DINO, an image model without a text tower' },
  { start: 'encoder.layer.', what: 'a vision transformer without a text tower (DINO, ViT)' },
  { start: 'vit.', what: 'a plain vision transformer without a text tower' },
  { start: 'blocks.', what: 'a timm vision transformer without a text tower (DINO, ViT)' },
];

/**
 * Passes for a HuggingFace CLIPModel with both towers.
 * @throws AppError 'model/unsupported' naming the architecture that was found.
 */
export function refuseForeignArchitecture(config: ClipConfig, tensorNames: Iterable<string>): void {
  const names = [...tensorNames];
  const what = foreignName(config, names);
  if (what === null) return;
  throw new AppError('model/unsupported', `This checkpoint is ${what}. ${SUPPORTED}`, {
    details: { modelType: config.modelType, found: what },
  });
}

function foreignName(config: ClipConfig, names: readonly string[]): string | null {
  if (config.modelType !== null && config.modelType !== 'clip') {
    return MODEL_TYPES[config.modelType] ?? `of the type "${config.modelType}"`;
  }
  for (const { start, what } of TENSOR_SIGNS) {
    if (names.some((name) => name.startsWith(start))) return what;
  }
  const hasImage = names.some((name) => name.startsWith('vision_model.'));
  const hasText = names.some((name) => name.startsWith('text_model.'));
  if (hasImage && hasText) return null;
  if (hasImage) return 'only the image tower of a CLIP model; the text tower is needed too';
  if (hasText) return 'only the text tower of a CLIP model; the image tower is needed too';
  return 'of an unknown architecture';
}
