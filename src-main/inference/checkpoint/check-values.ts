// Looks for NaN and infinite weights by streaming over the files. In all three storage types a value is not
// finite exactly when its exponent bits are all ones.

import { open } from 'node:fs/promises';
import { AppError } from '#shared/errors.ts';
import { allTensors, type ClipWeights, type TensorReference, type WeightDtype } from './clip-weights.ts';

const CHUNK_BYTES = 4 << 20;

/** Exponent bits of a 16-bit word that holds them: of the value itself, or of the upper half of a float32. */
const EXPONENT_MASKS: Readonly<Record<WeightDtype, number>> = { F32: 0x7f80, BF16: 0x7f80, F16: 0x7c00 };

/**
 * Reads every weight once.
 * @throws AppError 'model/not-finite' naming the first tensor that holds NaN or an infinity.
 */
export async function checkWeightsAreFinite(weights: ClipWeights): Promise<void> {
  for (const tensor of allTensors(weights)) {
    const index = await firstNonFinite(tensor);
    if (index === null) continue;
    throw new AppError(
      'model/not-finite',
      `The checkpoint's tensor "${tensor.name}" holds a value that is not a number (element ${index}). ` +
        'The file is damaged or comes from a failed training run; get it again from its source.',
      { details: { tensor: tensor.name, element: index } },
    );
  }
}

async function firstNonFinite(tensor: TensorReference): Promise<number | null> {
  await using handle = await open(tensor.file, 'r');
  const wordsPerElement = tensor.dtype === 'F32' ? 2 : 1;
  const chunk = new Uint8Array(Math.min(CHUNK_BYTES, tensor.byteLength));
  for (let start = 0; start < tensor.byteLength; start += CHUNK_BYTES) {
    const byteLength = Math.min(CHUNK_BYTES, tensor.byteLength - start);
    await handle.read(chunk, 0, byteLength, tensor.offsetBytes + start);
    const words = new Uint16Array(chunk.buffer, 0, byteLength / 2);
    const word = firstFullExponent(words, EXPONENT_MASKS[tensor.dtype], wordsPerElement);
    if (word !== null) return (start / 2 + word - (wordsPerElement - 1)) / wordsPerElement;
  }
  return null;
}

function firstFullExponent(words: Uint16Array, mask: number, wordsPerElement: number): number | null {
  for (let index = wordsPerElement - 1; index < words.length; index += wordsPerElement) {
    if (((words[index] ?? 0) & mask) === mask) return index;
  }
  return null;
}
