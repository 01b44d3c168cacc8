// Reads and checks the table of a safetensors file: u64 header length, JSON header, raw tensor bytes. Nothing
// of the tensors themselves is read. A file that breaks a rule of the format is refused with the reason.

import { open } from 'node:fs/promises';
import { basename } from 'node:path';
import { AppError } from '#shared/errors.ts';
import { findDuplicateKey } from './json-duplicate-keys.ts';
import { isJsonObject, parseJsonObject } from './json-object.ts';

/** The reference implementation's own limit; a real CLIP header has about 100 kB. */
const HEADER_LIMIT_BYTES = 100_000_000;
const LENGTH_FIELD_BYTES = 8;

const DTYPE_BYTES: Readonly<Record<string, number>> = {
  BOOL: 1,
  U8: 1,
  I8: 1,
  F8_E4M3: 1,
  F8_E5M2: 1,
  I16: 2,
  U16: 2,
  F16: 2,
  BF16: 2,
  I32: 4,
  U32: 4,
  F32: 4,
  I64: 8,
  U64: 8,
  F64: 8,
};

/** One entry of the table. `dtype` is the format's own name, for example `F16` or `I64`. */
export interface StoredTensor {
  readonly name: string;
  readonly file: string;
  /** From the start of the file. */
  readonly offsetBytes: number;
  readonly byteLength: number;
  readonly dtype: string;
  readonly shape: readonly number[];
}

export interface SafetensorsTable {
  readonly file: string;
  readonly fileBytes: number;
  /** The JSON header as stored. */
  readonly header: Uint8Array;
  readonly tensors: ReadonlyMap<string, StoredTensor>;
}

/**
 * Reads the tensor table of `file` (absolute path).
 * @throws AppError 'model/damaged' when the file is cut off or its table does not fit its bytes.
 */
export async function readSafetensorsTable(file: string): Promise<SafetensorsTable> {
  await using handle = await open(file, 'r');
  const fileBytes = (await handle.stat()).size;
  if (fileBytes < LENGTH_FIELD_BYTES) throw damaged(file, `it has only ${fileBytes} bytes`);
  const lengthField = Buffer.alloc(LENGTH_FIELD_BYTES);
  await handle.read(lengthField, 0, LENGTH_FIELD_BYTES, 0);
  const headerBytes = Number(lengthField.readBigUInt64LE(0));
  checkHeaderLength(file, headerBytes, fileBytes);
  const header = Buffer.alloc(headerBytes);
  await handle.read(header, 0, headerBytes, LENGTH_FIELD_BYTES);
  return { file, fileBytes, header, tensors: parseSafetensorsHeader(file, header, fileBytes) };
}

function checkHeaderLength(file: string, headerBytes: number, fileBytes: number): void {
  if (headerBytes > HEADER_LIMIT_BYTES) {
    throw damaged(file, `its header claims ${headerBytes} bytes, more than the format allows`);
  }
  if (headerBytes < 2 || LENGTH_FIELD_BYTES + headerBytes > fileBytes) {
    throw damaged(file, `its header claims ${headerBytes} bytes, but the file has ${fileBytes}`);
  }
}

/**
 * Checks the header text against the size of the file. Gaps between tensors are tolerated, overlaps are not.
 * @throws AppError 'model/damaged'.
 */
export function parseSafetensorsHeader(
  file: string,
  header: Uint8Array,
  fileBytes: number,
): Map<string, StoredTensor> {
  const text = new TextDecoder().decode(header);
  const json = parseJsonObject(text);
  if (json === null) throw damaged(file, 'its header is not valid JSON');
  const duplicate = findDuplicateKey(text);
  if (duplicate !== null) throw damaged(file, `the tensor "${duplicate}" is listed twice`);
  const dataStart = LENGTH_FIELD_BYTES + header.byteLength;
  const tensors = new Map<string, StoredTensor>();
  for (const [name, entry] of Object.entries(json)) {
    if (name !== '__metadata__') tensors.set(name, parseEntry(file, name, entry, dataStart, fileBytes));
  }
  checkNoOverlap(file, [...tensors.values()]);
  return tensors;
}

function parseEntry(
  file: string,
  name: string,
  entry: unknown,
  dataStart: number,
  fileBytes: number,
): StoredTensor {
  if (!isJsonObject(entry)) throw damaged(file, `the entry of "${name}" is not a table`);
  const { dtype, shape, data_offsets: offsets } = entry;
  if (typeof dtype !== 'string') throw damaged(file, `"${name}" has no data type`);
  if (!isCountList(shape)) throw damaged(file, `"${name}" has no valid shape`);
  if (!isCountList(offsets) || offsets.length !== 2) throw damaged(file, `"${name}" has no valid offsets`);
  const [begin, end] = offsets as [number, number];
  if (begin > end) throw damaged(file, `the offsets of "${name}" are in the wrong order`);
  if (dataStart + end > fileBytes) {
    throw damaged(
      file,
      `"${name}" ends at byte ${dataStart + end}, but the file has ${fileBytes} (cut off?)`,
    );
  }
  checkByteLength(file, name, dtype, shape, end - begin);
  return { name, file, offsetBytes: dataStart + begin, byteLength: end - begin, dtype, shape };
}

function checkByteLength(
  file: string,
  name: string,
  dtype: string,
  shape: readonly number[],
  byteLength: number,
): void {
  const elementBytes = DTYPE_BYTES[dtype];
  if (elementBytes === undefined) throw damaged(file, `"${name}" has the unknown data type "${dtype}"`);
  const expected = shape.reduce((product, size) => product * size, elementBytes);
  if (expected !== byteLength) {
    const what = `shape [${shape.join(', ')}] of ${dtype} needs ${expected} bytes`;
    throw damaged(file, `"${name}" holds ${byteLength} bytes, but its ${what}`);
  }
}

function checkNoOverlap(file: string, tensors: StoredTensor[]): void {
  const inOrder = tensors.filter((tensor) => tensor.byteLength > 0);
  inOrder.sort((a, b) => a.offsetBytes - b.offsetBytes);
  for (const [index, tensor] of inOrder.entries()) {
    const next = inOrder[index + 1];
    if (next !== undefined && next.offsetBytes < tensor.offsetBytes + tensor.byteLength) {
      throw damaged(file, `"${tensor.name}" and "${next.name}" overlap`);
    }
  }
}

function isCountList(value: unknown): value is number[] {
  return Array.isArray(value) && value.every((item) => Number.isSafeInteger(item) && item >= 0);
}

function damaged(file: string, reason: string): AppError {
  return new AppError(
    'model/damaged',
    `The weight file ${basename(file)} is damaged: ${reason}. Copy or download it again.`,
    { details: { file, reason } },
  );
}
