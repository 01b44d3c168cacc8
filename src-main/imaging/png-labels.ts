// Reads label pictures: PNG files whose pixel values are class numbers, gray or palette. A general decoder would turn
// palette numbers into colours, so the few steps of PNG that are needed are here.

import { inflateSync } from 'node:zlib';
import { AppError } from '#shared/errors.ts';
import { checkImageSize } from './image-limits.ts';

export interface LabelPixels {
  widthPx: number;
  heightPx: number;
  /** One class number a pixel, row-major. */
  labels: Uint8Array;
}

interface PngHeader {
  widthPx: number;
  heightPx: number;
  bitDepth: number;
}

const COLOUR_GRAY = 0;
const COLOUR_PALETTE = 3;

/** Throws `image/unsupported` for anything but gray or palette PNG of up to 8 bits, `image/truncated`. */
export function decodePngLabels(bytes: Uint8Array): LabelPixels {
  const parts: Uint8Array[] = [];
  let header: PngHeader | null = null;
  for (const chunk of chunksOf(bytes)) {
    if (chunk.type === 'IHDR') header = parseHeader(chunk.data);
    if (chunk.type === 'IDAT') parts.push(chunk.data);
  }
  if (header === null) throw unsupported('it has no header');
  const { widthPx, heightPx, bitDepth } = header;
  const rowBytes = Math.ceil((widthPx * bitDepth) / 8);
  const raw = inflate(parts, (rowBytes + 1) * heightPx);
  const labels = new Uint8Array(widthPx * heightPx);
  let previous = new Uint8Array(rowBytes);
  for (let y = 0; y < heightPx; y++) {
    const start = y * (rowBytes + 1);
    const row = raw.slice(start + 1, start + 1 + rowBytes);
    unfilterRow(raw[start] ?? 0, row, previous);
    unpackRow(row, bitDepth, labels.subarray(y * widthPx, (y + 1) * widthPx));
    previous = row;
  }
  return { widthPx, heightPx, labels };
}

function* chunksOf(bytes: Uint8Array): Generator<{ type: string; data: Uint8Array }> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let at = 8;
  while (at + 8 <= bytes.length) {
    const length = view.getUint32(at);
    const type = String.fromCharCode(...bytes.subarray(at + 4, at + 8));
    if (at + 12 + length > bytes.length) throw truncated();
    yield { type, data: bytes.subarray(at + 8, at + 8 + length) };
    if (type === 'IEND') return;
    at += 12 + length;
  }
  throw truncated();
}

function parseHeader(data: Uint8Array): PngHeader {
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
  const widthPx = view.getUint32(0);
  const heightPx = view.getUint32(4);
  checkImageSize(widthPx, heightPx);
  const bitDepth = data[8] ?? 0;
  const colour = data[9] ?? 0;
  if (colour !== COLOUR_GRAY && colour !== COLOUR_PALETTE)
    throw unsupported('it holds colours instead of class numbers');
  if (bitDepth > 8) throw unsupported('it has 16 bits a pixel');
  if (data[12] !== 0) throw unsupported('it is interlaced');
  return { widthPx, heightPx, bitDepth };
}

function inflate(parts: readonly Uint8Array[], expectedBytes: number): Uint8Array {
  try {
    const raw = inflateSync(Buffer.concat(parts), { maxOutputLength: expectedBytes });
    if (raw.length < expectedBytes) throw truncated();
    return raw;
  } catch (error) {
    if (error instanceof AppError) throw error;
    throw new AppError('image/decode-failed', 'This PNG file is damaged and cannot be decoded. Replace it.', {
      cause: error,
    });
  }
}

/** Undoes the prediction of one row in place; one byte per pixel at most, so the left neighbour is one byte back. */
function unfilterRow(filter: number, row: Uint8Array, above: Uint8Array): void {
  for (let x = 0; x < row.length; x++) {
    const left = x === 0 ? 0 : (row[x - 1] ?? 0);
    const up = above[x] ?? 0;
    const upLeft = x === 0 ? 0 : (above[x - 1] ?? 0);
    row[x] = (row[x] ?? 0) + prediction(filter, left, up, upLeft);
  }
}

function prediction(filter: number, left: number, up: number, upLeft: number): number {
  if (filter === 0) return 0;
  if (filter === 1) return left;
  if (filter === 2) return up;
  if (filter === 3) return (left + up) >> 1;
  if (filter !== 4)
    throw new AppError('image/decode-failed', 'This PNG file is damaged and cannot be decoded. Replace it.');
  const estimate = left + up - upLeft;
  const [toLeft, toUp, toUpLeft] = [left, up, upLeft].map((value) => Math.abs(estimate - value)) as [
    number,
    number,
    number,
  ];
  if (toLeft <= toUp && toLeft <= toUpLeft) return left;
  return toUp <= toUpLeft ? up : upLeft;
}

function unpackRow(row: Uint8Array, bitDepth: number, target: Uint8Array): void {
  if (bitDepth === 8) return target.set(row);
  const mask = (1 << bitDepth) - 1;
  for (let x = 0; x < target.length; x++) {
    const bit = x * bitDepth;
    target[x] = ((row[bit >> 3] ?? 0) >> (8 - bitDepth - (bit & 7))) & mask;
  }
}

function unsupported(reason: string): AppError {
  return new AppError(
    'image/unsupported',
    `This label picture cannot be read: ${reason}. Use a gray or palette PNG with 8 bits.`,
  );
}

function truncated(): AppError {
  return new AppError(
    'image/truncated',
    'The PNG file is cut off: part of the picture is missing. Copy it again from its source.',
  );
}
