// Draws assets/icons/icon.svg into the files that installers need: PNG, Windows ICO and macOS ICNS.
// Both containers hold PNG pictures as they are, so no other tool is needed.

import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import sharp from 'sharp';
import { projectRoot } from './run-step.ts';

const folder = join(projectRoot, 'assets', 'icons');
const svg = readFileSync(join(folder, 'icon.svg'));

const png = (sizePx: number): Promise<Buffer> =>
  sharp(svg, { density: 144 }).resize(sizePx, sizePx).png({ compressionLevel: 9 }).toBuffer();

/** ICO: a 6-byte header, one 16-byte entry a picture, then the pictures. Size 256 is written as 0. */
async function ico(sizesPx: readonly number[]): Promise<Buffer> {
  const pictures = await Promise.all(sizesPx.map(png));
  const header = Buffer.alloc(6 + 16 * pictures.length);
  header.writeUInt16LE(1, 2);
  header.writeUInt16LE(pictures.length, 4);
  let offset = header.length;
  pictures.forEach((picture, index) => {
    const at = 6 + 16 * index;
    const sizeByte = (sizesPx[index] ?? 0) % 256;
    header.writeUInt8(sizeByte, at);
    header.writeUInt8(sizeByte, at + 1);
    header.writeUInt16LE(1, at + 4);
    header.writeUInt16LE(32, at + 6);
    header.writeUInt32LE(picture.length, at + 8);
    header.writeUInt32LE(offset, at + 12);
    offset += picture.length;
  });
  return Buffer.concat([header, ...pictures]);
}

/** ICNS: 'icns' + length, then type + length + PNG for each size. */
async function icns(entries: readonly (readonly [type: string, sizePx: number])[]): Promise<Buffer> {
  const parts = await Promise.all(
    entries.map(async ([type, sizePx]) => {
      const picture = await png(sizePx);
      const header = Buffer.alloc(8);
      header.write(type, 'latin1');
      header.writeUInt32BE(picture.length + 8, 4);
      return Buffer.concat([header, picture]);
    }),
  );
  const body = Buffer.concat(parts);
  const header = Buffer.alloc(8);
  header.write('icns', 'latin1');
  header.writeUInt32BE(body.length + 8, 4);
  return Buffer.concat([header, body]);
}

writeFileSync(join(folder, 'icon.png'), await png(512));
writeFileSync(join(folder, 'icon.ico'), await ico([16, 24, 32, 48, 64, 128, 256]));
writeFileSync(
  join(folder, 'icon.icns'),
  await icns([
    ['ic11', 32],
    ['ic12', 64],
    ['ic07', 128],
    ['ic13', 256],
    ['ic08', 256],
    ['ic14', 512],
    ['ic09', 512],
    ['ic10', 1024],
  ]),
);
