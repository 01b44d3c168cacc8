// Reads the values of a stored tensor as float32. For the few small tensors that TypeScript itself needs
// (position grids); the runtime reads the weights on its own.

import { open } from 'node:fs/promises';
import type { TensorReference, WeightDtype } from './clip-weights.ts';
import { bfloat16ToFloat32, float16ToFloat32 } from './half-floats.ts';

/** All values of `tensor`, row-major, float32. */
export async function readTensorValues(tensor: TensorReference): Promise<Float32Array> {
  await using handle = await open(tensor.file, 'r');
  const bytes = new Uint8Array(tensor.byteLength);
  await handle.read(bytes, 0, tensor.byteLength, tensor.offsetBytes);
  return decodeValues(bytes, tensor.dtype);
}

/** float32 values of stored bytes; `bytes` fills its buffer. */
export function decodeValues(bytes: Uint8Array, dtype: WeightDtype): Float32Array {
  switch (dtype) {
    case 'F32':
      return new Float32Array(bytes.buffer);
    case 'F16':
      return Float32Array.from(new Uint16Array(bytes.buffer), float16ToFloat32);
    case 'BF16':
      return bfloat16ToFloat32(new Uint16Array(bytes.buffer));
  }
}
