// What is asked of an image: the classes, their words as vectors, and the model settings that the answer depends on.

import { createHash } from 'node:crypto';
import type { Category } from '#shared/annotation/records.ts';
import type { ProjectSettings } from '#shared/contract/wire.ts';
import { AppError } from '#shared/errors.ts';
import { IMAGENET_TEMPLATES } from '../inference/text/templates.ts';
import type { FeatureKey } from '../store/image-repository.ts';
import type { Store } from '../store/store.ts';
import type { InferenceWorkerApi, QueryClass, ResizeRule, WindowRule } from '../workers/messages.ts';
import type { Models } from './models.ts';
import { queriesOf } from './vocabulary.ts';

/** ClearCLIP scales cosines by 50 whatever the checkpoint says (methods.md 1.3 (5)). */
export const LOGIT_SCALE = 50;

/** The resize rule of ClearCLIP's protocol, used by both protocols. */
export const RESIZE_RULE: ResizeRule = { shortSidePx: 448, longSideMaxPx: 2048 };

const WINDOW_RULES: Record<ProjectSettings['protocol'], WindowRule> = {
  paper: { cropPx: 448, stridePx: 224 },
  whole: { cropPx: 0, stridePx: 0 },
};

const TEMPLATE_HASH = createHash('sha256').update(IMAGENET_TEMPLATES.join('\n')).digest('hex').slice(0, 16);

export interface Query {
  classes: QueryClass[];
  /** Words in the order of the vectors: all of the first class, then all of the second … */
  words: string[];
  /** float32, words × embedding size, unit rows. */
  textFeatures: Float32Array;
}

export function windowRule(settings: Pick<ProjectSettings, 'protocol'>): WindowRule {
  return WINDOW_RULES[settings.protocol];
}

/** Names the dense features that the project's settings ask for. */
export function featureKeyOf(settings: ProjectSettings, modelId: string): FeatureKey {
  const { cropPx, stridePx } = windowRule(settings);
  const { shortSidePx, longSideMaxPx } = RESIZE_RULE;
  const protocolKey =
    cropPx === 0
      ? `whole-${shortSidePx}x${longSideMaxPx}`
      : `slide-${shortSidePx}x${longSideMaxPx}-${cropPx}-${stridePx}`;
  return { modelId, method: settings.method, protocolKey };
}

export interface QueryContext {
  store: Store;
  models: Models;
  textTower: InferenceWorkerApi;
}

/**
 * Builds the query of a vocabulary. Words that the store has vectors of cost nothing; the others go to the text
 * tower in one call.
 * @param thresholds unsaved values by category id as text
 * @throws AppError `vocabulary/invalid` when there are no classes, `model/*`
 */
export async function prepareQuery(
  context: QueryContext,
  modelId: string,
  thresholds: Readonly<Record<string, number>> = {},
): Promise<Query> {
  const categories = context.store.categories.list();
  if (categories.length === 0) {
    throw new AppError(
      'vocabulary/invalid',
      'Type the names of the classes first, for example "sky, tree, house".',
    );
  }
  const words = categories.flatMap(queriesOf);
  const vectors = await wordVectors(context, modelId, [...new Set(words)]);
  return {
    words,
    classes: categories.map((category) => queryClassOf(category, thresholds)),
    textFeatures: concatRows(words.map((word) => vectors.get(word))),
  };
}

function queryClassOf(category: Category, thresholds: Readonly<Record<string, number>>): QueryClass {
  return {
    categoryId: category.id,
    queryCount: queriesOf(category).length,
    threshold: thresholds[String(category.id)] ?? category.threshold,
    kind: category.kind,
  };
}

async function wordVectors(
  { store, models, textTower }: QueryContext,
  modelId: string,
  words: string[],
): Promise<Map<string, Float32Array>> {
  const vectors = store.features.textVectors(modelId, TEMPLATE_HASH, words);
  const missing = words.filter((word) => !vectors.has(word));
  if (missing.length === 0) return vectors;
  const encoded = await encodeWords(models, textTower, missing);
  store.features.addTextVectors(modelId, TEMPLATE_HASH, encoded);
  for (const [word, vector] of encoded) vectors.set(word, vector);
  return vectors;
}

/** Vectors of distinct words, from the text tower: mean over the 80 templates, unit length. */
export async function encodeWords(
  models: Models,
  textTower: InferenceWorkerApi,
  words: readonly string[],
): Promise<Map<string, Float32Array>> {
  await models.openTextTower();
  const rows = await textTower.encodeNames({ names: [...words], templates: [...IMAGENET_TEMPLATES] });
  const size = rows.length / words.length;
  return new Map(words.map((word, i) => [word, rows.slice(i * size, (i + 1) * size)]));
}

export function concatRows(rows: readonly (Float32Array | undefined)[]): Float32Array {
  const size = rows[0]?.length ?? 0;
  const all = new Float32Array(rows.length * size);
  rows.forEach((row, i) => {
    if (row?.length !== size) throw new Error('text vectors of different lengths');
    all.set(row, i * size);
  });
  return all;
}
