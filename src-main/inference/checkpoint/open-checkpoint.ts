// Entry of this folder: a checkpoint folder in, its description out.

import { readFile } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { readCheckpointFiles } from './checkpoint-files.ts';
import { readClipConfig } from './clip-config.ts';
import type { ClipWeights } from './clip-weights.ts';
import { refuseForeignArchitecture } from './foreign-architecture.ts';
import { hfClipWeights } from './hf-clip-layout.ts';
import { parseJsonObject } from './json-object.ts';
import { modelIdOf } from './model-id.ts';

export interface Checkpoint {
  readonly folder: string;
  readonly name: string;
  readonly modelId: string;
  readonly weights: ClipWeights;
  /** Storage type of most weights. */
  readonly dtype: string;
  /** The model that ships with the program and knows generated scenes only. */
  readonly isDemo: boolean;
}

/**
 * Reads and checks the tables of a HuggingFace CLIPModel folder; no weight values are read (see
 * check-values.ts).
 * @throws AppError with a `model/*` code that says what is wrong with the folder.
 */
export async function openCheckpoint(folder: string): Promise<Checkpoint> {
  const absoluteFolder = resolve(folder);
  const files = await readCheckpointFiles(absoluteFolder);
  const config = await readClipConfig(absoluteFolder);
  refuseForeignArchitecture(config, files.tensors.keys());
  const weights = hfClipWeights(files.tensors, config);
  const card = await readCard(absoluteFolder);
  return {
    folder: absoluteFolder,
    name: card.name ?? basename(absoluteFolder),
    modelId: await modelIdOf(files.tables, weights),
    weights,
    dtype: weights.image.patchConvolution.dtype,
    isDemo: card.isDemo,
  };
}

/** `clearlabel.json` in the folder: an optional display name and the mark of the demo model. */
async function readCard(folder: string): Promise<{ name: string | null; isDemo: boolean }> {
  const text = await readFile(join(folder, 'clearlabel.json'), 'utf8').catch(() => '{}');
  const json = parseJsonObject(text) ?? {};
  const name = typeof json['name'] === 'string' ? json['name'] : null;
  return { name, isDemo: json['demo'] === true };
}
