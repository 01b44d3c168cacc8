// Reads NumPy's .npy and .npz files in tests (C order, little-endian). Not used by the product.

import { readFileSync } from 'node:fs';
import { inflateRawSync } from 'node:zlib';

export interface NpyArray {
  shape: number[];
  /** Values in C order; float16 and float64 become float32 and float64, integers the fitting array. */
  data: Float32Array | Float64Array | Int32Array | Uint8Array | BigInt64Array;
}

export function readNpy(path: string): NpyArray {
  return parseNpy(readFileSync(path));
}

/** All arrays of an .npz by name (without `.npy`). */
export function readNpz(path: string): Map<string, NpyArray> {
  const zip = readFileSync(path);
  const arrays = new Map<string, NpyArray>();
  for (const entry of zipEntries(zip)) arrays.set(entry.name.replace(/\.npy$/, ''), parseNpy(entry.bytes));
  return arrays;
}

/** The float32 values of an array, whatever its float type. */
export function float32Of(array: NpyArray | undefined): Float32Array {
  if (array === undefined) throw new Error('no such array');
  if (array.data instanceof BigInt64Array) throw new Error('not a float array');
  return array.data instanceof Float32Array ? array.data : Float32Array.from(array.data);
}

function parseNpy(file: Uint8Array): NpyArray {
  const bytes = Uint8Array.from(file);
  const view = new DataView(bytes.buffer);
  if (String.fromCharCode(...bytes.subarray(1, 6)) !== 'NUMPY') throw new Error('not an .npy file');
  const isLong = bytes[6]! >= 2;
  const headerLength = isLong ? view.getUint32(8, true) : view.getUint16(8, true);
  const start = (isLong ? 12 : 10) + headerLength;
  const header = String.fromCharCode(...bytes.subarray(start - headerLength, start));
  const type = /'descr':\s*'([^']+)'/.exec(header)?.[1];
  const shapeText = /'shape':\s*\(([^)]*)\)/.exec(header)?.[1];
  if (type === undefined || shapeText === undefined || /'fortran_order':\s*True/.test(header)) {
    throw new Error(`unsupported .npy header ${header}`);
  }
  const shape = shapeText
    .split(',')
    .filter((part) => part.trim() !== '')
    .map(Number);
  return { shape, data: valuesOf(bytes.buffer.slice(start), type) };
}

function valuesOf(buffer: ArrayBuffer, type: string): NpyArray['data'] {
  switch (type) {
    case '<f4':
      return new Float32Array(buffer);
    case '<f8':
      return new Float64Array(buffer);
    case '<f2':
      return Float32Array.from(new Uint16Array(buffer), floatFromHalf);
    case '<i4':
      return new Int32Array(buffer);
    case '<i8':
      return new BigInt64Array(buffer);
    case '|u1':
    case '|b1':
      return new Uint8Array(buffer);
    default:
      throw new Error(`unsupported .npy type ${type}`);
  }
}

function floatFromHalf(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 31;
  const fraction = bits & 1023;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  if (exponent === 31) return fraction === 0 ? sign * Infinity : NaN;
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}

function* zipEntries(zip: Buffer): Generator<{ name: string; bytes: Uint8Array }> {
  const end = zip.lastIndexOf(Buffer.from([0x50, 0x4b, 5, 6]));
  if (end < 0) throw new Error('not a zip file');
  const count = zip.readUInt16LE(end + 10);
  let at = zip.readUInt32LE(end + 16);
  for (let i = 0; i < count; i++) {
    const method = zip.readUInt16LE(at + 10);
    const packedLength = zip.readUInt32LE(at + 20);
    const nameLength = zip.readUInt16LE(at + 28);
    const local = zip.readUInt32LE(at + 42);
    const name = zip.toString('utf8', at + 46, at + 46 + nameLength);
    const start = local + 30 + zip.readUInt16LE(local + 26) + zip.readUInt16LE(local + 28);
    const packed = zip.subarray(start, start + packedLength);
    yield { name, bytes: method === 0 ? packed : inflateRawSync(packed) };
    at += 46 + nameLength + zip.readUInt16LE(at + 30) + zip.readUInt16LE(at + 32);
  }
}
