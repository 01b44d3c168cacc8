// Base64 (RFC 4648, padded) for bytes, because neither Node nor the DOM may be used here.

import { AppError } from '../errors.ts';

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
const DIGIT_OF_CODE = new Int8Array(128).fill(-1);
for (let i = 0; i < 64; i++) DIGIT_OF_CODE[ALPHABET.charCodeAt(i)] = i;

export function bytesToBase64(bytes: Uint8Array): string {
  let text = '';
  for (let i = 0; i < bytes.length; i += 3) {
    const left = bytes.length - i;
    const group = (bytes[i]! << 16) | ((bytes[i + 1] ?? 0) << 8) | (bytes[i + 2] ?? 0);
    text += ALPHABET[group >>> 18]! + ALPHABET[(group >>> 12) & 63]!;
    text += left > 1 ? ALPHABET[(group >>> 6) & 63]! : '=';
    text += left > 2 ? ALPHABET[group & 63]! : '=';
  }
  return text;
}

/** Throws AppError `request/invalid` on anything but padded base64. */
export function bytesFromBase64(text: string): Uint8Array {
  if (text.length % 4 !== 0) throw invalid('its length is not a multiple of 4');
  const padding = text.endsWith('==') ? 2 : text.endsWith('=') ? 1 : 0;
  const bytes = new Uint8Array((text.length / 4) * 3 - padding);
  const digits = text.length - padding;
  let out = 0;
  for (let i = 0; i < digits; i += 4) {
    const b = i + 2 < digits ? digitAt(text, i + 2) : 0;
    const c = i + 3 < digits ? digitAt(text, i + 3) : 0;
    const group = (digitAt(text, i) << 18) | (digitAt(text, i + 1) << 12) | (b << 6) | c;
    if (out < bytes.length) bytes[out++] = group >>> 16;
    if (out < bytes.length) bytes[out++] = (group >>> 8) & 255;
    if (out < bytes.length) bytes[out++] = group & 255;
  }
  return bytes;
}

function digitAt(text: string, index: number): number {
  const digit = DIGIT_OF_CODE[text.charCodeAt(index)] ?? -1;
  if (digit < 0) throw invalid(`character ${index + 1} is not allowed`);
  return digit;
}

function invalid(reason: string): AppError {
  return new AppError('request/invalid', `This mask tile is not valid base64: ${reason}. Send it again.`);
}
