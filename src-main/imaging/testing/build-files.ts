// Builds picture files byte by byte for the tests: bitmaps of every kind, TIFF with any sample type, headers that lie.

import { crc32, deflateSync } from 'node:zlib';

export interface BmpSpec {
  widthPx: number;
  heightPx: number;
  bitsPerPixel: number;
  /** BMP's own number: 0 none, 1 RLE8, 2 RLE4, 3 bit fields. */
  compression?: number;
  isTopDown?: boolean;
  /** RGB triples. */
  palette?: readonly (readonly [number, number, number])[];
  masks?: readonly [number, number, number];
  /** Stored pixel bytes, as they lie in the file. */
  pixels: Uint8Array;
  /** OS/2's short header. */
  isCore?: boolean;
}

export function buildBmp(spec: BmpSpec): Uint8Array {
  const infoBytes = spec.isCore ? 12 : 40;
  const palette = spec.palette ?? [];
  const entryBytes = spec.isCore ? 3 : 4;
  const tableBytes = palette.length * entryBytes + (spec.masks ? 12 : 0);
  const pixelOffset = 14 + infoBytes + tableBytes;
  const bytes = new Uint8Array(pixelOffset + spec.pixels.length);
  const view = new DataView(bytes.buffer);
  bytes.set([0x42, 0x4d]);
  view.setUint32(2, bytes.length, true);
  view.setUint32(10, pixelOffset, true);
  view.setUint32(14, infoBytes, true);
  if (spec.isCore) {
    view.setUint16(18, spec.widthPx, true);
    view.setUint16(20, spec.heightPx, true);
    view.setUint16(22, 1, true);
    view.setUint16(24, spec.bitsPerPixel, true);
  } else {
    view.setInt32(18, spec.widthPx, true);
    view.setInt32(22, spec.isTopDown ? -spec.heightPx : spec.heightPx, true);
    view.setUint16(26, 1, true);
    view.setUint16(28, spec.bitsPerPixel, true);
    view.setUint32(30, spec.compression ?? 0, true);
    view.setUint32(46, palette.length, true);
  }
  spec.masks?.forEach((mask, index) => view.setUint32(14 + infoBytes + index * 4, mask, true));
  palette.forEach(([red, green, blue], index) =>
    bytes.set([blue, green, red], 14 + infoBytes + index * entryBytes),
  );
  bytes.set(spec.pixels, pixelOffset);
  return bytes;
}

/** Sample formats of TIFF: 1 unsigned, 2 signed, 3 float. */
export function buildTiff(
  widthPx: number,
  heightPx: number,
  channels: number,
  sampleFormat: 1 | 2 | 3,
  samples: Uint16Array | Int16Array | Uint32Array | Float32Array,
  orientation = 1,
): Uint8Array {
  const bits = samples.BYTES_PER_ELEMENT * 8;
  const listsAt = 8 + 2 + 11 * 12 + 4;
  const pixelsAt = listsAt + channels * 4;
  const bytes = new Uint8Array(pixelsAt + samples.byteLength);
  const view = new DataView(bytes.buffer);
  const isList = channels > 1;
  const short = (value: number): [3, number, number] => [3, 1, value];
  const list = (value: number, at: number): [3, number, number] =>
    isList ? [3, channels, at] : short(value);
  const entries: [tag: number, type: 3 | 4, count: number, value: number][] = [
    [256, ...short(widthPx)],
    [257, ...short(heightPx)],
    [258, ...list(bits, listsAt)],
    [259, ...short(1)],
    [262, ...short(channels === 1 ? 1 : 2)],
    [273, 4, 1, pixelsAt],
    [274, ...short(orientation)],
    [277, ...short(channels)],
    [278, ...short(heightPx)],
    [279, 4, 1, samples.byteLength],
    [339, ...list(sampleFormat, listsAt + channels * 2)],
  ];
  bytes.set([0x49, 0x49, 0x2a, 0]);
  view.setUint32(4, 8, true);
  view.setUint16(8, entries.length, true);
  entries.forEach(([tag, type, count, value], index) => {
    const at = 10 + index * 12;
    view.setUint16(at, tag, true);
    view.setUint16(at + 2, type, true);
    view.setUint32(at + 4, count, true);
    if (type === 3 && count === 1) view.setUint16(at + 8, value, true);
    else view.setUint32(at + 8, value, true);
  });
  for (let channel = 0; channel < channels; channel++) {
    view.setUint16(listsAt + channel * 2, bits, true);
    view.setUint16(listsAt + channels * 2 + channel * 2, sampleFormat, true);
  }
  bytes.set(new Uint8Array(samples.buffer, samples.byteOffset, samples.byteLength), pixelsAt);
  return bytes;
}

export interface PngSpec {
  widthPx: number;
  heightPx: number;
  bitDepth: number;
  /** PNG's own number: 0 gray, 2 RGB, 3 palette, 4 gray + alpha, 6 RGBA. */
  colour: number;
  palette?: readonly (readonly [number, number, number])[];
  /** Filter byte of every row, 0..4; rows are stored as given, already filtered. */
  rows: readonly { filter: number; bytes: Uint8Array }[];
}

export function buildPng(spec: PngSpec): Uint8Array {
  const header = new Uint8Array(13);
  const view = new DataView(header.buffer);
  view.setUint32(0, spec.widthPx);
  view.setUint32(4, spec.heightPx);
  header.set([spec.bitDepth, spec.colour], 8);
  const raw = Buffer.concat(spec.rows.map((row) => Buffer.concat([Uint8Array.of(row.filter), row.bytes])));
  const chunks = [pngChunk('IHDR', header)];
  if (spec.palette) chunks.push(pngChunk('PLTE', Uint8Array.from(spec.palette.flat())));
  chunks.push(pngChunk('IDAT', deflateSync(raw)), pngChunk('IEND', new Uint8Array(0)));
  return Buffer.concat([Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a), ...chunks]);
}

function pngChunk(type: string, data: Uint8Array): Uint8Array {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const frame = Buffer.alloc(body.length + 8);
  frame.writeUInt32BE(data.length, 0);
  body.copy(frame, 4);
  frame.writeUInt32BE(crc32(body), body.length + 4);
  return frame;
}
