// Reads the parts of a HuggingFace CLIP config.json that the weights do not tell: activation, heads, LayerNorm
// epsilon, number of blocks. Everything else is read off the tensors.

import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { AppError } from '#shared/errors.ts';
import type { Activation } from './clip-weights.ts';
import { isJsonObject, parseJsonObject, type JsonObject } from './json-object.ts';

export interface TowerConfig {
  /** null where the file does not say: the rule of the published models applies. */
  readonly heads: number | null;
  readonly blockCount: number | null;
  readonly activation: Activation;
  readonly normEpsilon: number;
}

export interface ClipConfig {
  readonly modelType: string | null;
  readonly architectures: readonly string[];
  readonly image: TowerConfig;
  readonly text: TowerConfig;
}

/** transformers' spellings. `quick_gelu` is its default for CLIP. */
const ACTIVATIONS: Readonly<Record<string, Activation>> = { quick_gelu: 'quick_gelu', gelu: 'gelu' };

const DEFAULT_NORM_EPSILON = 1e-5;

/**
 * Reads `config.json` of `folder`; keys that are absent take transformers' defaults.
 * @throws AppError 'model/missing-file' without the file, 'model/damaged' when it is not JSON,
 *   'model/unsupported' for another activation.
 */
export async function readClipConfig(folder: string): Promise<ClipConfig> {
  const json = await readConfigJson(folder);
  const architectures = Array.isArray(json['architectures']) ? json['architectures'] : [];
  return {
    modelType: typeof json['model_type'] === 'string' ? json['model_type'] : null,
    architectures: architectures.filter((name): name is string => typeof name === 'string'),
    image: towerConfig(towerJson(json, 'vision_config')),
    text: towerConfig(towerJson(json, 'text_config')),
  };
}

async function readConfigJson(folder: string): Promise<JsonObject> {
  const text = await readFile(join(folder, 'config.json'), 'utf8').catch(() => null);
  if (text === null) {
    throw new AppError(
      'model/missing-file',
      'The model folder lacks config.json, which says how the weights are to be used. Copy it from where the ' +
        'checkpoint was published.',
      { details: { folder, file: 'config.json' } },
    );
  }
  const json = parseJsonObject(text);
  if (json !== null) return json;
  throw new AppError('model/damaged', 'The config.json of the model is not valid JSON. Copy it again.', {
    details: { folder, file: 'config.json' },
  });
}

/** Old files carry a second table `…_config_dict`, which wins in transformers. */
function towerJson(json: JsonObject, key: string): JsonObject {
  const base = isJsonObject(json[key]) ? json[key] : {};
  const override = json[`${key}_dict`];
  return isJsonObject(override) ? { ...base, ...override } : base;
}

function towerConfig(json: JsonObject): TowerConfig {
  return {
    heads: countOrNull(json['num_attention_heads']),
    blockCount: countOrNull(json['num_hidden_layers']),
    activation: activationOf(json['hidden_act'] ?? 'quick_gelu'),
    normEpsilon: typeof json['layer_norm_eps'] === 'number' ? json['layer_norm_eps'] : DEFAULT_NORM_EPSILON,
  };
}

function activationOf(value: unknown): Activation {
  const activation = typeof value === 'string' ? ACTIVATIONS[value] : undefined;
  if (activation !== undefined) return activation;
  throw new AppError(
    'model/unsupported',
    `The checkpoint uses the activation ${JSON.stringify(value)}; supported are quick_gelu and gelu.`,
    { details: { activation: value } },
  );
}

function countOrNull(value: unknown): number | null {
  return Number.isSafeInteger(value) && (value as number) > 0 ? (value as number) : null;
}
