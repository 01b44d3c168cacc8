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

  /**
   * Rows of tokens at given places of their prompts.
   * @returns float32 [ids.length, width]
   */
  async embed(ids: readonly number[], places: readonly number[]): Promise<Float32Array> {
    await this.#readRows(new Set(ids));
    const { width } = this;
    const out = new Float32Array(ids.length * width);
    for (const [index, id] of ids.entries()) {
      const token = this.#rows.get(id)!;
      const place = (places[index] ?? 0) * width;
      for (let c = 0; c < width; c++) out[index * width + c] = token[c]! + this.#positions[place + c]!;
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
