import { describe, expect, it } from 'vitest';
import { decodeBmp } from './bmp.ts';
import { buildBmp, type BmpSpec } from './testing/build-files.ts';

const black = [0, 0, 0] as const;
const red = [255, 0, 0] as const;
const green = [0, 255, 0] as const;
const blue = [0, 0, 255] as const;

/** Pixels from the top as rows of "r,g,b" shorthand: K R G B. */
function picture(spec: BmpSpec): string {
  const { widthPx, heightPx, rgb } = decodeBmp(buildBmp(spec));
  const names = new Map([black, red, green, blue].map((colour, index) => [colour.join(), 'KRGB'[index]]));
  const rows: string[] = [];
  for (let y = 0; y < heightPx; y++) {
    let row = '';
    for (let x = 0; x < widthPx; x++) {
      const at = (y * widthPx + x) * 3;
      row += names.get([...rgb.subarray(at, at + 3)].join()) ?? '?';
    }
    rows.push(row);
  }
  return rows.join('/');
}

const palette = [black, red, green, blue];

describe('decodeBmp', () => {
  it.each<[string, BmpSpec, string]>([
    [
      '1 bit, from the bottom',
      {
        widthPx: 3,
        heightPx: 2,
        bitsPerPixel: 1,
        palette: [black, red],
        pixels: Uint8Array.of(0b01000000, 0, 0, 0, 0b10100000, 0, 0, 0),
      },
      'RKR/KRK',
    ],
    [
      '4 bits',
      { widthPx: 3, heightPx: 1, bitsPerPixel: 4, palette, pixels: Uint8Array.of(0x12, 0x30, 0, 0) },
      'RGB',
    ],
    [
      '8 bits with the short header of OS/2',
      { widthPx: 3, heightPx: 1, bitsPerPixel: 8, palette, isCore: true, pixels: Uint8Array.of(3, 2, 1, 0) },
      'BGR',
    ],
    [
      '24 bits, from the top',
      {
        widthPx: 1,
        heightPx: 2,
        bitsPerPixel: 24,
        isTopDown: true,
        pixels: Uint8Array.of(0, 0, 255, 0, 255, 0, 0, 0),
      },
      'R/B',
    ],
    [
      '16 bits, 5-5-5',
      { widthPx: 2, heightPx: 1, bitsPerPixel: 16, pixels: Uint8Array.of(0x00, 0x7c, 0xe0, 0x03) },
      'RG',
    ],
    [
      '16 bits, 5-6-5 by bit fields',
      {
        widthPx: 2,
        heightPx: 1,
        bitsPerPixel: 16,
        compression: 3,
        masks: [0xf800, 0x07e0, 0x001f],
        pixels: Uint8Array.of(0xe0, 0x07, 0x1f, 0x00),
      },
      'GB',
    ],
    [
      '32 bits',
      { widthPx: 2, heightPx: 1, bitsPerPixel: 32, pixels: Uint8Array.of(255, 0, 0, 9, 0, 0, 255, 9) },
      'BR',
    ],
    [
      '32 bits with masks that reach the top bit',
      {
        widthPx: 2,
        heightPx: 1,
        bitsPerPixel: 32,
        compression: 3,
        masks: [0xff000000, 0x00ff0000, 0x0000ff00],
        pixels: Uint8Array.of(0, 0, 0, 255, 0, 255, 0, 0),
      },
      'RB',
    ],
    [
      'RLE8: run, end of line, literals, jump, end',
      {
        widthPx: 4,
        heightPx: 3,
        bitsPerPixel: 8,
        compression: 1,
        palette,
        pixels: Uint8Array.of(4, 1, 0, 0, 0, 3, 1, 2, 3, 0, 0, 2, 0, 1, 1, 3, 0, 1),
      },
      'KKKB/RGBK/RRRR',
    ],
    [
      'RLE4: run of two colours in turn, literals',
      {
        widthPx: 5,
        heightPx: 2,
        bitsPerPixel: 4,
        compression: 2,
        palette,
        pixels: Uint8Array.of(5, 0x12, 0, 0, 0, 5, 0x32, 0x10, 0x30, 0, 0, 1),
      },
      'BGRKB/RGRGR',
    ],
  ])('reads %s', (_name, spec, expected) => {
    expect(picture(spec)).toBe(expected);
  });

  const rle = { widthPx: 4, heightPx: 1, bitsPerPixel: 8, compression: 1, palette };
  it.each<[string, BmpSpec, string]>([
    [
      'rows that are missing',
      { widthPx: 4, heightPx: 9, bitsPerPixel: 24, pixels: new Uint8Array(20) },
      'image/truncated',
    ],
    ['runs without an end', { ...rle, pixels: Uint8Array.of(4, 1) }, 'image/truncated'],
    ['a run over the edge', { ...rle, pixels: Uint8Array.of(5, 1, 0, 1) }, 'image/decode-failed'],
    ['a colour outside its table', { ...rle, pixels: Uint8Array.of(4, 9, 0, 1) }, 'image/decode-failed'],
    [
      'no colour table',
      { widthPx: 1, heightPx: 1, bitsPerPixel: 8, pixels: Uint8Array.of(0, 0, 0, 0) },
      'image/decode-failed',
    ],
    [
      'a bomb',
      { widthPx: 60_000, heightPx: 60_000, bitsPerPixel: 24, pixels: new Uint8Array(20) },
      'image/too-large',
    ],
    [
      'a negative width',
      { widthPx: -4, heightPx: 4, bitsPerPixel: 24, pixels: new Uint8Array(64) },
      'image/decode-failed',
    ],
    [
      'JPEG inside',
      { widthPx: 4, heightPx: 4, bitsPerPixel: 24, compression: 4, pixels: new Uint8Array(64) },
      'image/unsupported',
    ],
    ['7 bits', { widthPx: 4, heightPx: 4, bitsPerPixel: 7, pixels: new Uint8Array(64) }, 'image/unsupported'],
  ])('refuses %s', (_name, spec, code) => {
    expect(() => decodeBmp(buildBmp(spec))).toThrow(expect.objectContaining({ code }) as Error);
  });
});
