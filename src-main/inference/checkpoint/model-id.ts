// The identity of a checkpoint, which names every cache made from it. Two models of one architecture have the
// same table and size, so pieces of the weights go into the hash too.

import { createHash } from 'node:crypto';
import { open } from 'node:fs/promises';
import type { ClipWeights } from './clip-weights.ts';
import type { SafetensorsTable } from './safetensors.ts';

const SAMPLE_COUNT = 64;
const SAMPLE_BYTES = 4096;
const ID_LENGTH = 24;

/**
 * SHA-256 over the headers, the file sizes, samples spread over each file, and the settings that the weights do
 * not hold; cut to 24 hex digits. Independent of the folder and of file names.
 */
export async function modelIdOf(tables: readonly SafetensorsTable[], weights: ClipWeights): Promise<string> {
  const hash = createHash('sha256');
  for (const table of tables) {
    hash.update(`${table.fileBytes}\n`).update(table.header);
    await using handle = await open(table.file, 'r');
    const sample = Buffer.alloc(SAMPLE_BYTES);
    for (let index = 0; index < SAMPLE_COUNT; index++) {
      const start = Math.floor((table.fileBytes * (index + 0.5)) / SAMPLE_COUNT);
      const { bytesRead } = await handle.read(sample, 0, SAMPLE_BYTES, start);
      hash.update(sample.subarray(0, bytesRead));
    }
  }
  for (const tower of [weights.image, weights.text]) {
    hash.update(`${tower.heads} ${tower.activation} ${tower.normEpsilon} ${tower.blocks.length}\n`);
  }
  return hash.digest('hex').slice(0, ID_LENGTH);
}
