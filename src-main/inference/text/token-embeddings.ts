// Input rows of the text tower: token embedding + position embedding. Rows are read from the checkpoint one by one
// when first needed; as a graph weight the token table would be the largest tensor of all, mostly unused.

import { open } from 'node:fs/promises';
import type { TensorReference, TextTowerWeights } from '../checkpoint/clip-weights.ts';
import { decodeValues, readTensorValues } from '../checkpoint/tensor-values.ts';

export class TokenEmbeddings {
  readonly width: number;
  readonly #table: TensorReference;
  readonly #positions: Float32Array;
  readonly #rows = new Map<number, Float32Array>();

  private constructor(table: TensorReference, positions: Float32Array, width: number) {
    this.#table = table;
    this.#positions = positions;
    this.width = width;
  }

  static async create(text: TextTowerWeights): Promise<TokenEmbeddings> {
    return new TokenEmbeddings(text.tokenTable, await readTensorValues(text.positions), text.width);
  }

  /** float32 [ids.length, length, width]; what follows a shorter row's end stays zero. */
  async embed(ids: readonly (readonly number[])[], length: number): Promise<Float32Array> {
    await this.#readRows(new Set(ids.flat()));
    const { width } = this;
    const out = new Float32Array(ids.length * length * width);
    for (const [row, rowIds] of ids.entries()) {
      for (const [column, id] of rowIds.entries()) {
        const target = (row * length + column) * width;
        const token = this.#rows.get(id)!;
        for (let c = 0; c < width; c++) out[target + c] = token[c]! + this.#positions[column * width + c]!;
      }
    }
    return out;
  }

  async #readRows(ids: ReadonlySet<number>): Promise<void> {
    const missing = [...ids].filter((id) => !this.#rows.has(id));
    if (missing.length === 0) return;
    const { file, offsetBytes, byteLength, shape, dtype } = this.#table;
    const rowBytes = byteLength / (shape[0] ?? 1);
    await using handle = await open(file, 'r');
    for (const id of missing) {
      const bytes = new Uint8Array(rowBytes);
      await handle.read(bytes, 0, rowBytes, offsetBytes + id * rowBytes);
      this.#rows.set(id, decodeValues(bytes, dtype));
    }
  }
}
