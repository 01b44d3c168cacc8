// Small drawn pictures for tests, written as plain BMP files so that no decoder is needed to make them.

import { writeFileSync } from 'node:fs';

export type Rgb = readonly [number, number, number];

export const RED: Rgb = [255, 0, 0];
export const GREEN: Rgb = [0, 255, 0];
export const BLUE: Rgb = [0, 0, 255];

/** Writes a 24-bit BMP. `colorAt` is asked for every pixel of the upright picture. */
export function writeBmp(
  file: string,
  widthPx: number,
  heightPx: number,
  colorAt: (x: number, y: number) => Rgb,
): void {
  const rowBytes = Math.ceil((widthPx * 3) / 4) * 4;
  const bytes = Buffer.alloc(54 + rowBytes * heightPx);
  bytes.write('BM', 0, 'latin1');
  bytes.writeUInt32LE(bytes.length, 2);
  bytes.writeUInt32LE(54, 10);
  bytes.writeUInt32LE(40, 14);
  bytes.writeInt32LE(widthPx, 18);
  bytes.writeInt32LE(heightPx, 22);
  bytes.writeUInt16LE(1, 26);
  bytes.writeUInt16LE(24, 28);
  for (let y = 0; y < heightPx; y++) {
    for (let x = 0; x < widthPx; x++) {
      const [red, green, blue] = colorAt(x, y);
      // Rows lie from the bottom up, colours as blue, green, red.
      const at = 54 + (heightPx - 1 - y) * rowBytes + x * 3;
      bytes[at] = blue;
      bytes[at + 1] = green;
      bytes[at + 2] = red;
    }
  }
  writeFileSync(file, bytes);
}

/** Left half of one colour, right half of another. */
export function writeHalves(file: string, left: Rgb, right: Rgb, widthPx = 320, heightPx = 240): void {
  writeBmp(file, widthPx, heightPx, (x) => (x < widthPx / 2 ? left : right));
}
