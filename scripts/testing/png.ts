// Decodes golden pictures in tests. The product decodes images in src-main/imaging only.

import sharp from 'sharp';

export interface TestPicture {
  widthPx: number;
  heightPx: number;
  channels: number;
  data: Uint8Array;
}

/** 8-bit RGB, or 8-bit gray (`channels` 1), exactly as stored. */
export async function readPng(path: string, channels: 1 | 3): Promise<TestPicture> {
  const image = sharp(path, { limitInputPixels: false });
  const wanted = channels === 1 ? image.toColourspace('b-w').extractChannel(0) : image.removeAlpha();
  const { data, info } = await wanted.raw({ depth: 'uchar' }).toBuffer({ resolveWithObject: true });
  if (info.channels !== channels) throw new Error(`${path} has ${info.channels} channels`);
  return { widthPx: info.width, heightPx: info.height, channels, data: Uint8Array.from(data) };
}
