// Decodes Windows and OS/2 bitmaps (1, 4, 8, 16, 24 and 32 bits, RLE4, RLE8, bit fields), which libvips cannot. An alpha
// channel is ignored, as most programs do. Strict: a file that ends early is an error.

import { bmpDamaged, bmpTruncated, parseBmpHeader, type BmpHeader } from './bmp-header.ts';

export interface RgbPixels {
  widthPx: number;
  heightPx: number;
  /** 8-bit RGB, row-major from the top. */
  rgb: Uint8Array;
}

/** Throws `image/truncated`, `image/unsupported`, `image/decode-failed`, `image/too-large`. */
export function decodeBmp(bytes: Uint8Array): RgbPixels {
  const header = parseBmpHeader(bytes);
  const { widthPx, heightPx, compression } = header;
  if (compression === 'rle8' || compression === 'rle4') {
    return { widthPx, heightPx, rgb: colourIndices(header, decodeRunLengths(bytes, header)) };
  }
  const rowBytes = Math.ceil((widthPx * header.bitsPerPixel) / 32) * 4;
  if (header.pixelOffset + rowBytes * heightPx > bytes.length) throw bmpTruncated();
  const rgb = new Uint8Array(widthPx * heightPx * 3);
  for (let storedRow = 0; storedRow < heightPx; storedRow++) {
    const start = header.pixelOffset + storedRow * rowBytes;
    const row = bytes.subarray(start, start + rowBytes);
    const y = header.isTopDown ? storedRow : heightPx - 1 - storedRow;
    decodeRow(header, row, rgb.subarray(y * widthPx * 3, (y + 1) * widthPx * 3));
  }
  return { widthPx, heightPx, rgb };
}

function decodeRow(header: BmpHeader, row: Uint8Array, target: Uint8Array): void {
  if (header.bitsPerPixel <= 8) decodeIndexedRow(header, row, target);
  else if (header.bitsPerPixel === 24) decodeRow24(row, target);
  else decodeMaskedRow(header, row, target);
}

function decodeIndexedRow(header: BmpHeader, row: Uint8Array, target: Uint8Array): void {
  const { bitsPerPixel, palette, widthPx } = header;
  const indexMask = (1 << bitsPerPixel) - 1;
  for (let x = 0; x < widthPx; x++) {
    const bit = x * bitsPerPixel;
    const index = ((row[bit >> 3] ?? 0) >> (8 - bitsPerPixel - (bit & 7))) & indexMask;
    copyColour(palette, index, target, x);
  }
}

function decodeRow24(row: Uint8Array, target: Uint8Array): void {
  for (let at = 0; at < target.length; at += 3) {
    target[at] = row[at + 2] ?? 0;
    target[at + 1] = row[at + 1] ?? 0;
    target[at + 2] = row[at] ?? 0;
  }
}

function decodeMaskedRow(header: BmpHeader, row: Uint8Array, target: Uint8Array): void {
  const view = new DataView(row.buffer, row.byteOffset, row.byteLength);
  const channels = header.masks.map(channelOf);
  for (let x = 0; x < header.widthPx; x++) {
    const value = header.bitsPerPixel === 16 ? view.getUint16(x * 2, true) : view.getUint32(x * 4, true);
    channels.forEach(({ mask, shift, max }, index) => {
      target[x * 3 + index] = Math.round((((value & mask) >>> shift) * 255) / max);
    });
  }
}

function channelOf(mask: number): { mask: number; shift: number; max: number } {
  const shift = 31 - Math.clz32(mask & -mask);
  return { mask, shift, max: mask >>> shift };
}

function copyColour(palette: Uint8Array, index: number, target: Uint8Array, pixel: number): void {
  if (index * 3 >= palette.length) throw bmpDamaged('a pixel lies outside its colour table');
  target.set(palette.subarray(index * 3, index * 3 + 3), pixel * 3);
}

function colourIndices(header: BmpHeader, indices: Uint8Array): Uint8Array {
  const rgb = new Uint8Array(indices.length * 3);
  indices.forEach((index, pixel) => copyColour(header.palette, index, rgb, pixel));
  return rgb;
}

/** Palette indices from the top; pixels that the code skips keep index 0. */
function decodeRunLengths(bytes: Uint8Array, header: BmpHeader): Uint8Array {
  const { widthPx, heightPx } = header;
  const isNibbles = header.compression === 'rle4';
  const indices = new Uint8Array(widthPx * heightPx);
  let at = header.pixelOffset;
  let x = 0;
  let y = 0;
  const read = (): number => {
    const value = bytes[at];
    if (value === undefined) throw bmpTruncated();
    at += 1;
    return value;
  };
  const put = (index: number): void => {
    if (x >= widthPx || y >= heightPx) throw bmpDamaged('a run goes beyond the picture');
    indices[(heightPx - 1 - y) * widthPx + x] = index;
    x += 1;
  };
  const nibbleOf = (value: number, position: number): number =>
    position % 2 === 0 ? value >> 4 : value & 15;
  for (;;) {
    const count = read();
    const code = read();
    if (count > 0) {
      for (let i = 0; i < count; i++) put(isNibbles ? nibbleOf(code, i) : code);
    } else if (code === 0) {
      x = 0;
      y += 1;
    } else if (code === 1) {
      return indices;
    } else if (code === 2) {
      x += read();
      y += read();
    } else {
      readLiterals(code, isNibbles, read, (value, i) => put(isNibbles ? nibbleOf(value, i) : value));
    }
  }
}

/** A stretch of plain indices, padded to an even number of bytes. */
function readLiterals(
  count: number,
  isNibbles: boolean,
  read: () => number,
  put: (value: number, position: number) => void,
): void {
  const byteCount = isNibbles ? Math.ceil(count / 2) : count;
  let value = 0;
  for (let i = 0; i < count; i++) {
    if (!isNibbles || i % 2 === 0) value = read();
    put(value, i);
  }
  if (byteCount % 2 === 1) read();
}
