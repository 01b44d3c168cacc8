// Copies of the portable checkpoint for tests: as it is, re-written in another storage type, split into shards,
// with tensors changed.

import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { portableDir } from '#root/scripts/testing/fixtures.ts';
import { float16ToFloat32, float32ToBfloat16Bits } from '../half-floats.ts';

export const portableCheckpoint = join(portableDir, 'checkpoint');

/** One tensor with its bytes. */
export interface RawTensor {
  name: string;
  dtype: string;
  shape: number[];
  bytes: Uint8Array;
}

/** A temporary folder that holds a copy of the portable checkpoint; removed by `using`. */
export class CheckpointCopy implements Disposable {
  readonly folder: string;

  constructor() {
    this.folder = mkdtempSync(join(tmpdir(), 'clearlabel-checkpoint-'));
    cpSync(portableCheckpoint, this.folder, { recursive: true });
  }

  get weightFile(): string {
    return join(this.folder, 'model.safetensors');
  }

  path(name: string): string {
    return join(this.folder, name);
  }

  remove(name: string): this {
    rmSync(this.path(name));
    return this;
  }

  write(name: string, content: string | Uint8Array): this {
    writeFileSync(this.path(name), content);
    return this;
  }

  /** Changes the JSON of a file in place. */
  editJson(name: string, edit: (json: Record<string, object>) => void): this {
    const json = JSON.parse(readFileSync(this.path(name), 'utf8')) as Record<string, object>;
    edit(json);
    return this.write(name, JSON.stringify(json));
  }

  /** Replaces the tensors of the weight file. */
  editTensors(edit: (tensors: RawTensor[]) => RawTensor[]): this {
    const tensors = edit(readTensors(readFileSync(this.weightFile)));
    return this.write('model.safetensors', safetensorsBytes(tensors));
  }

  [Symbol.dispose](): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}

export function readTensors(file: Uint8Array): RawTensor[] {
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  const start = 8 + Number(view.getBigUint64(0, true));
  const header = JSON.parse(new TextDecoder().decode(file.subarray(8, start))) as Record<
    string,
    { dtype: string; shape: number[]; data_offsets: [number, number] }
  >;
  const entries = Object.entries(header).filter(([name]) => name !== '__metadata__');
  return entries.map(
    ([
      name,
      {
        dtype,
        shape,
        data_offsets: [begin, end],
      },
    ]) => {
      return { name, dtype, shape, bytes: file.slice(start + begin, start + end) };
    },
  );
}

export function safetensorsBytes(tensors: readonly RawTensor[]): Uint8Array {
  const header: Record<string, object> = { __metadata__: { format: 'pt' } };
  let offset = 0;
  for (const { name, dtype, shape, bytes } of tensors) {
    header[name] = { dtype, shape, data_offsets: [offset, offset + bytes.length] };
    offset += bytes.length;
  }
  return withHeader(JSON.stringify(header), Buffer.concat(tensors.map(({ bytes }) => bytes)));
}

/** A file from header text and data, whatever they say. */
export function withHeader(header: string, data: Uint8Array, claimedBytes?: bigint): Uint8Array {
  const headerBytes = Buffer.from(header);
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(claimedBytes ?? BigInt(headerBytes.length));
  return Buffer.concat([length, headerBytes, data]);
}

/** A float16 tensor in another type; exact for F32, rounded to 8 bits of precision for BF16. */
export function convertTensor(tensor: RawTensor, dtype: 'F32' | 'BF16'): RawTensor {
  const halves = new Uint16Array(Uint8Array.from(tensor.bytes).buffer);
  const values = Float32Array.from(halves, float16ToFloat32);
  const stored = dtype === 'F32' ? values : Uint16Array.from(values, float32ToBfloat16Bits);
  return { ...tensor, dtype, bytes: new Uint8Array(stored.buffer) };
}

/** What a float16 tensor becomes as float32 after a detour over BF16. */
export function roundThroughBfloat16(tensor: RawTensor): RawTensor {
  const rounded = new Uint16Array(convertTensor(tensor, 'BF16').bytes.buffer);
  const words = Uint32Array.from(rounded, (bits) => bits * 65536);
  return { ...tensor, dtype: 'F32', bytes: new Uint8Array(words.buffer) };
}
