// Header of a Windows or OS/2 bitmap: sizes, compression, palette and channel masks, checked strictly.

import { AppError } from '#shared/errors.ts';
import { checkImageSize } from './image-limits.ts';

type BmpCompression = 'none' | 'rle8' | 'rle4' | 'bitfields';

export interface BmpHeader {
  widthPx: number;
  heightPx: number;
  /** Rows are stored from the top instead of from the bottom. */
  isTopDown: boolean;
  bitsPerPixel: 1 | 4 | 8 | 16 | 24 | 32;
  compression: BmpCompression;
  /** RGB triples; empty above 8 bits. */
  palette: Uint8Array;
  /** Bit masks of red, green and blue for 16 and 32 bits. */
  masks: readonly [number, number, number];
  pixelOffset: number;
}

const FILE_HEADER_BYTES = 14;
const DEFAULT_MASKS_16 = [0x7c00, 0x03e0, 0x001f] as const;
const DEFAULT_MASKS_32 = [0xff0000, 0x00ff00, 0x0000ff] as const;

/** Throws `image/truncated`, `image/unsupported`, `image/decode-failed`, `image/too-large`. */
export function parseBmpHeader(bytes: Uint8Array): BmpHeader {
  if (bytes.length < FILE_HEADER_BYTES + 12) throw bmpTruncated();
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const infoBytes = view.getUint32(14, true);
  if (bytes.length < FILE_HEADER_BYTES + infoBytes) throw bmpTruncated();
  const isCore = infoBytes === 12;
  const widthPx = isCore ? view.getUint16(18, true) : view.getInt32(18, true);
  const signedHeight = isCore ? view.getUint16(20, true) : view.getInt32(22, true);
  const heightPx = Math.abs(signedHeight);
  checkImageSize(widthPx, heightPx);
  const bitsPerPixel = checkBits(isCore ? view.getUint16(24, true) : view.getUint16(28, true));
  const method = isCore || infoBytes < 20 ? 0 : view.getUint32(30, true);
  const compression = checkCompression(method, bitsPerPixel);
  const isTopDown = signedHeight < 0;
  if (isTopDown && (compression === 'rle8' || compression === 'rle4')) {
    throw bmpDamaged('a compressed bitmap cannot be stored from the top');
  }
  const pixelOffset = view.getUint32(10, true);
  return {
    widthPx,
    heightPx,
    isTopDown,
    bitsPerPixel,
    compression,
    palette: bitsPerPixel > 8 ? new Uint8Array(0) : readPalette(bytes, infoBytes, bitsPerPixel, pixelOffset),
    masks: readMasks(view, infoBytes, bitsPerPixel, compression),
    pixelOffset,
  };
}

function checkBits(bits: number): BmpHeader['bitsPerPixel'] {
  if (bits === 1 || bits === 4 || bits === 8 || bits === 16 || bits === 24 || bits === 32) return bits;
  throw new AppError(
    'image/unsupported',
    `BMP files with ${bits} bits per pixel cannot be read. Save it as PNG.`,
  );
}

function checkCompression(method: number, bits: number): BmpCompression {
  if (method === 0) return 'none';
  if (method === 1 && bits === 8) return 'rle8';
  if (method === 2 && bits === 4) return 'rle4';
  if ((method === 3 || method === 6) && (bits === 16 || bits === 32)) return 'bitfields';
  throw new AppError(
    'image/unsupported',
    'This kind of compressed BMP cannot be read. Save the picture as PNG.',
    {
      details: { method, bits },
    },
  );
}

function readPalette(bytes: Uint8Array, infoBytes: number, bits: number, pixelOffset: number): Uint8Array {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const entryBytes = infoBytes === 12 ? 3 : 4;
  const start = FILE_HEADER_BYTES + infoBytes;
  const claimed = infoBytes >= 40 ? view.getUint32(46, true) : 0;
  const room = Math.max(0, Math.floor((Math.min(pixelOffset, bytes.length) - start) / entryBytes));
  const count = Math.min(claimed === 0 ? 1 << bits : claimed, 1 << bits, room);
  if (count === 0) throw bmpDamaged('its colour table is missing');
  const palette = new Uint8Array(count * 3);
  for (let index = 0; index < count; index++) {
    const at = start + index * entryBytes;
    palette[index * 3] = bytes[at + 2] ?? 0;
    palette[index * 3 + 1] = bytes[at + 1] ?? 0;
    palette[index * 3 + 2] = bytes[at] ?? 0;
  }
  return palette;
}

function readMasks(
  view: DataView,
  infoBytes: number,
  bits: number,
  compression: BmpCompression,
): [number, number, number] {
  if (compression !== 'bitfields') return [...(bits === 16 ? DEFAULT_MASKS_16 : DEFAULT_MASKS_32)];
  // In the larger headers the masks are fields, after the 40-byte one they follow it: the same place.
  const at = FILE_HEADER_BYTES + 40;
  if (infoBytes < 40 || view.byteLength < at + 12) throw bmpTruncated();
  const masks: [number, number, number] = [
    view.getUint32(at, true),
    view.getUint32(at + 4, true),
    view.getUint32(at + 8, true),
  ];
  if (masks.includes(0)) throw bmpDamaged('its colour masks are empty');
  return masks;
}

export function bmpTruncated(): AppError {
  return new AppError(
    'image/truncated',
    'The BMP file is cut off: part of the picture is missing. Copy it again from its source.',
  );
}

export function bmpDamaged(reason: string): AppError {
  return new AppError('image/decode-failed', `This BMP file is damaged: ${reason}. Replace it.`);
}
