// A tile as bytes: the lengths of its runs in row-major order, clear pixels first, each an unsigned LEB128 number.
// The form on disk and on the wire. One tile has exactly one valid encoding.

import { AppError } from '../errors.ts';
import { bytesFromBase64, bytesToBase64 } from './base64.ts';
import { lowestBit, TILE_PIXELS, TILE_WORDS } from './tile-words.ts';

// A run of n > 0 pixels takes at most n bytes, and only the first run can be 0.
const scratch = new Uint8Array(TILE_PIXELS + 1);

/** Encodes 2048 words; an empty tile gives the one run 65536. */
export function encodeTile(words: Uint32Array): Uint8Array {
  if (words.length !== TILE_WORDS)
    throw new RangeError(`a tile has ${TILE_WORDS} words, not ${words.length}`);
  let out = 0;
  let runStart = 0;
  let isSet = false;
  for (let i = 0; i < TILE_WORDS; i++) {
    const word = words[i]! | 0;
    if (word === (isSet ? -1 : 0)) continue;
    for (let bit = 0; ;) {
      const rest = (isSet ? ~word : word) >>> bit;
      if (rest === 0) break;
      bit += lowestBit(rest);
      out = writeVarint(out, i * 32 + bit - runStart);
      runStart = i * 32 + bit;
      isSet = !isSet;
    }
  }
  out = writeVarint(out, TILE_PIXELS - runStart);
  return scratch.slice(0, out);
}

function writeVarint(at: number, value: number): number {
  let rest = value;
  let out = at;
  while (rest > 127) {
    scratch[out++] = (rest & 127) | 128;
    rest >>>= 7;
  }
  scratch[out++] = rest;
  return out;
}

/**
 * Decodes to 2048 words. Throws AppError `project/damaged` unless the bytes are the one encoding of a tile: every
 * number in its shortest form, no run of 0 but the first, no byte left over, a sum of 65536.
 */
export function decodeTile(bytes: Uint8Array): Uint32Array {
  const words = new Uint32Array(TILE_WORDS);
  let at = 0;
  let pixel = 0;
  let isSet = false;
  while (pixel < TILE_PIXELS) {
    let length = 0;
    for (let shift = 0; ; shift += 7) {
      if (at >= bytes.length) throw damaged(`it ends after ${pixel} of ${TILE_PIXELS} pixels`);
      const byte = bytes[at++]!;
      length |= (byte & 127) << shift;
      if (byte < 128) {
        if (byte === 0 && shift > 0)
          throw damaged(`the number before byte ${at} is longer than it needs to be`);
        break;
      }
      if (shift === 14) throw damaged(`the number at byte ${at} is too large`);
    }
    if (length === 0 && at > 1) throw damaged(`the run that ends at byte ${at} is empty`);
    if (pixel + length > TILE_PIXELS) throw damaged(`its runs add up to more than ${TILE_PIXELS} pixels`);
    if (isSet) setLinear(words, pixel, pixel + length);
    pixel += length;
    isSet = !isSet;
  }
  if (at !== bytes.length) throw damaged(`${bytes.length - at} bytes are left over`);
  return words;
}

function setLinear(words: Uint32Array, from: number, toExclusive: number): void {
  const first = from >> 5;
  const last = (toExclusive - 1) >> 5;
  const head = -1 << (from & 31);
  const tail = -1 >>> (31 - ((toExclusive - 1) & 31));
  if (first === last) {
    words[first]! |= head & tail;
    return;
  }
  words[first]! |= head;
  words.fill(0xffffffff, first + 1, last);
  words[last]! |= tail;
}

function damaged(reason: string): AppError {
  return new AppError('project/damaged', `A stored mask tile cannot be read: ${reason}.`);
}

/** `encodeTile` as base64, for JSON. */
export function tileToBase64(words: Uint32Array): string {
  return bytesToBase64(encodeTile(words));
}

/** Words of a tile from base64; throws AppError `request/invalid` or `project/damaged`. */
export function tileFromBase64(text: string): Uint32Array {
  return decodeTile(bytesFromBase64(text));
}
