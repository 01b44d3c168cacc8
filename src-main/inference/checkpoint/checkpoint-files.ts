// Finds the weight files of a checkpoint folder (one file, or shards with an index) and joins their tables.
// Knows file names, not tensor names.

import { readdir, readFile, realpath, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { AppError } from '#shared/errors.ts';
import { isJsonObject, parseJsonObject } from './json-object.ts';
import { readSafetensorsTable, type SafetensorsTable, type StoredTensor } from './safetensors.ts';

const SINGLE_FILE = 'model.safetensors';
const INDEX_FILE = 'model.safetensors.index.json';

/** What a user may have picked instead of a HuggingFace folder, and what to say then. */
const OTHER_WEIGHT_FILES: readonly { pattern: RegExp; what: string }[] = [
  { pattern: /^open_clip_.*\.(safetensors|bin)$/, what: 'an open_clip checkpoint' },
  { pattern: /\.onnx$/, what: 'an ONNX export' },
  { pattern: /\.(bin|pt|pth|ckpt)$/, what: 'a PyTorch pickle' },
];

export interface CheckpointFiles {
  readonly tables: readonly SafetensorsTable[];
  readonly tensors: ReadonlyMap<string, StoredTensor>;
}

/**
 * Reads the tables of all weight files of `folder`. Symbolic links are resolved, as HuggingFace's own cache
 * needs it.
 * @throws AppError 'model/not-found', 'model/missing-file', 'model/unsupported' or 'model/damaged'.
 */
export async function readCheckpointFiles(folder: string): Promise<CheckpointFiles> {
  const names = await listFolder(folder);
  if (names.includes(SINGLE_FILE)) return joinTables([await readTable(folder, SINGLE_FILE)]);
  if (!names.includes(INDEX_FILE)) throw noWeights(folder, names);
  return readSharded(folder);
}

async function listFolder(folder: string): Promise<string[]> {
  const info = await stat(folder).catch(() => null);
  if (info === null || !info.isDirectory()) {
    throw new AppError(
      'model/not-found',
      `There is no model folder at ${folder}. Choose an existing folder.`,
      {
        details: { folder },
      },
    );
  }
  return readdir(folder);
}

async function readTable(folder: string, name: string): Promise<SafetensorsTable> {
  const file = await realpath(join(folder, name)).catch(() => null);
  if (file !== null) return readSafetensorsTable(file);
  throw new AppError(
    'model/missing-file',
    `The model folder lacks the weight file ${name}. Copy the whole checkpoint folder.`,
    { details: { folder, file: name } },
  );
}

async function readSharded(folder: string): Promise<CheckpointFiles> {
  const weightMap = await readIndex(join(folder, INDEX_FILE));
  const shardNames = [...new Set(weightMap.values())].sort();
  const tables = await Promise.all(shardNames.map((name) => readTable(folder, name)));
  const files = joinTables(tables);
  for (const [tensor, shard] of weightMap) {
    if (tables[shardNames.indexOf(shard)]?.tensors.has(tensor)) continue;
    throw new AppError(
      'model/missing-tensor',
      `The index promises the tensor "${tensor}" in ${shard}, but it is not there. Copy the checkpoint again.`,
      { details: { tensor, file: shard } },
    );
  }
  return files;
}

async function readIndex(path: string): Promise<Map<string, string>> {
  const json = parseJsonObject(await readFile(path, 'utf8'));
  const map = json?.['weight_map'];
  const entries = isJsonObject(map) ? Object.entries(map) : [];
  if (entries.length === 0) throw damagedIndex(path, 'it lists no tensors');
  for (const [, shard] of entries) {
    // A shard elsewhere would let a downloaded index reach any file of the user.
    if (typeof shard !== 'string' || basename(shard) !== shard || !shard.endsWith('.safetensors')) {
      throw damagedIndex(path, `${JSON.stringify(shard)} is not the name of a weight file`);
    }
  }
  return new Map(entries as [string, string][]);
}

function joinTables(tables: SafetensorsTable[]): CheckpointFiles {
  const tensors = new Map<string, StoredTensor>();
  for (const table of tables) {
    for (const [name, tensor] of table.tensors) {
      if (tensors.has(name)) {
        throw new AppError(
          'model/damaged',
          `Two weight files both hold the tensor "${name}". Copy them again.`,
          {
            details: { tensor: name },
          },
        );
      }
      tensors.set(name, tensor);
    }
  }
  return { tables, tensors };
}

function noWeights(folder: string, names: readonly string[]): AppError {
  const advice =
    'ClearLabel reads HuggingFace CLIPModel folders: config.json with model.safetensors (or its shards).';
  for (const { pattern, what } of OTHER_WEIGHT_FILES) {
    const found = names.find((name) => pattern.test(name));
    if (found === undefined) continue;
    return new AppError('model/unsupported', `${found} is ${what}, which is not supported yet. ${advice}`, {
      details: { folder, file: found },
    });
  }
  return new AppError('model/missing-file', `The folder ${folder} holds no ${SINGLE_FILE}. ${advice}`, {
    details: { folder, file: SINGLE_FILE },
  });
}

function damagedIndex(path: string, reason: string): AppError {
  return new AppError(
    'model/damaged',
    `The file ${basename(path)} is damaged: ${reason}. Copy or download it again.`,
    { details: { file: path, reason } },
  );
}
