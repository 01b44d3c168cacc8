// Opens a picture file: looks at its content, reads the header within our limits, and offers its pixels upright, as
// 8-bit RGB. One rule everywhere: the EXIF orientation is applied once, transparent parts lie on white, 16-bit values
// keep their high byte, the first frame of an animation counts.

import { open, readFile, stat } from 'node:fs/promises';
import sharp, { type Metadata, type Sharp, type SharpOptions } from 'sharp';
import type { ImageProbe } from '#main/workers/messages.ts';
import { AppError } from '#shared/errors.ts';
import { parseBmpHeader } from './bmp-header.ts';
import { decodeBmp, type RgbPixels } from './bmp.ts';
import { explainDecodeError } from './image-errors.ts';
import { SNIFF_BYTES, sniffFormat, type ImageFormat } from './image-format.ts';
import { checkImageSize, MAX_PIXELS } from './image-limits.ts';
import { stretchToBytes } from './value-range.ts';

// A cache keyed by file name would serve stale pixels, and memory is bounded by us.
sharp.cache(false);
sharp.concurrency(2);

export interface LoadedImage {
  path: string;
  format: ImageFormat;
  probe: ImageProbe;
  /** Null for BMP, which libvips does not know. */
  metadata: Metadata | null;
}

/**
 * What is done with an embedded colour profile. `ignore`: plain stored values, as OpenCV (and so the paper's protocol)
 * reads them; CMYK and Lab are converted all the same. `apply`: converted to sRGB for the eye.
 */
export type ProfileRule = 'ignore' | 'apply';

const WHITE = { r: 255, g: 255, b: 255 };

/** Reads the header only. Throws `image/*` errors with the reason. */
export async function loadImage(path: string): Promise<LoadedImage> {
  let format: ImageFormat | null = null;
  try {
    const head = await readHead(path);
    format = sniffFormat(head);
    if (format === null) throw notAnImage();
    if (format === 'bmp') return await loadBmpHeader(path);
    const metadata = await sharp(path, { limitInputPixels: false, failOn: 'error' }).metadata();
    return { path, format, metadata, probe: probeOf(format, metadata) };
  } catch (error) {
    throw explainDecodeError(error, format);
  }
}

async function readHead(path: string): Promise<Uint8Array> {
  const { size } = await stat(path);
  if (size === 0)
    throw new AppError('image/empty-file', 'The file is empty (0 bytes). Copy it again from its source.');
  const file = await open(path, 'r');
  try {
    const { buffer, bytesRead } = await file.read(new Uint8Array(SNIFF_BYTES), 0, SNIFF_BYTES, 0);
    return buffer.subarray(0, bytesRead);
  } finally {
    await file.close();
  }
}

function notAnImage(): AppError {
  return new AppError(
    'image/unsupported',
    'The content of this file is no picture that can be read here (JPEG, PNG, WebP, AVIF, TIFF, BMP, GIF), whatever its name says.',
  );
}

async function loadBmpHeader(path: string): Promise<LoadedImage> {
  const header = parseBmpHeader(await readFile(path));
  const { widthPx, heightPx } = header;
  const bitDepth = header.bitsPerPixel > 8 ? 8 : header.bitsPerPixel;
  const probe: ImageProbe = { widthPx, heightPx, orientation: 1, format: 'bmp', bitDepth, channels: 3 };
  return { path, format: 'bmp', metadata: null, probe };
}

function probeOf(format: ImageFormat, metadata: Metadata): ImageProbe {
  // Width and height of the first frame, as stored.
  const width = metadata.width;
  const height = metadata.pageHeight ?? metadata.height;
  checkImageSize(width, height);
  const orientation = metadata.orientation ?? 1;
  const isTurned = orientation >= 5 && orientation <= 8;
  return {
    widthPx: isTurned ? height : width,
    heightPx: isTurned ? width : height,
    orientation: orientation >= 1 && orientation <= 8 ? orientation : 1,
    format,
    // A GIF's own number counts the colours of its table, not the bits of a sample.
    bitDepth: format === 'gif' ? 8 : (metadata.bitsPerSample ?? bitsOfDepth(metadata.depth)),
    channels: metadata.channels,
  };
}

function bitsOfDepth(depth: string): number {
  if (depth === 'uchar' || depth === 'char') return 8;
  if (depth === 'ushort' || depth === 'short') return 16;
  return depth === 'double' || depth === 'dpcomplex' ? 64 : 32;
}

/** A sharp pipeline over the upright picture in 8-bit sRGB without alpha; decodes when an output is asked for. */
export async function uprightPipeline(image: LoadedImage, profile: ProfileRule): Promise<Sharp> {
  if (image.metadata === null) return fromPixels(decodeBmp(await readFile(image.path)));
  const options = readOptions(image.metadata, profile);
  if (isStretched(image.metadata)) return fromPixels(await decodeStretched(image, options));
  return sharp(image.path, options).autoOrient().flatten({ background: WHITE }).toColourspace('srgb');
}

/** True for sample types whose values have no fixed range: float, double, 32-bit and signed integers. */
function isStretched(metadata: Metadata): boolean {
  return metadata.depth !== 'uchar' && metadata.depth !== 'ushort';
}

function readOptions(metadata: Metadata, profile: ProfileRule): SharpOptions {
  const needsConversion = metadata.space === 'cmyk' || metadata.space === 'lab';
  return {
    // Benign warnings pass, missing data does not: a half picture must never reach the model or the eye.
    failOn: 'error',
    limitInputPixels: MAX_PIXELS,
    ignoreIcc: profile === 'ignore' && !needsConversion,
    sequentialRead: true,
  };
}

async function decodeStretched(image: LoadedImage, options: SharpOptions): Promise<RgbPixels> {
  const space = image.metadata?.space ?? 'b-w';
  const { data, info } = await sharp(image.path, options)
    .autoOrient()
    .toColourspace(space)
    .raw({ depth: 'float' })
    .toBuffer({ resolveWithObject: true });
  const values = new Float32Array(data.buffer, data.byteOffset, info.width * info.height * info.channels);
  return {
    widthPx: info.width,
    heightPx: info.height,
    rgb: stretchToBytes(firstThreeChannels(values, info.channels)),
  };
}

/** Gray (1 or 2 channels) is repeated; of more than three channels the first three count. */
function firstThreeChannels(values: Float32Array, channels: number): Float32Array {
  if (channels === 3) return values;
  const pixels = values.length / channels;
  const rgb = new Float32Array(pixels * 3);
  for (let pixel = 0; pixel < pixels; pixel++) {
    for (let channel = 0; channel < 3; channel++) {
      rgb[pixel * 3 + channel] = values[pixel * channels + (channels < 3 ? 0 : channel)] ?? 0;
    }
  }
  return rgb;
}

function fromPixels(pixels: RgbPixels): Sharp {
  return sharp(pixels.rgb, {
    raw: { width: pixels.widthPx, height: pixels.heightPx, channels: 3 },
    limitInputPixels: MAX_PIXELS,
  });
}

/** The whole upright picture as 8-bit RGB at full size. Throws `image/*` errors. */
export async function decodePixels(image: LoadedImage, profile: ProfileRule): Promise<RgbPixels> {
  try {
    const pipeline = await uprightPipeline(image, profile);
    const { data, info } = await pipeline.raw().toBuffer({ resolveWithObject: true });
    return { widthPx: info.width, heightPx: info.height, rgb: toThreeChannels(data, info.channels) };
  } catch (error) {
    throw explainDecodeError(error, image.format);
  }
}

function toThreeChannels(data: Uint8Array, channels: number): Uint8Array {
  if (channels === 3) return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  const pixels = data.length / channels;
  const rgb = new Uint8Array(pixels * 3);
  for (let pixel = 0; pixel < pixels; pixel++) {
    for (let channel = 0; channel < 3; channel++) {
      rgb[pixel * 3 + channel] = data[pixel * channels + (channels < 3 ? 0 : channel)] ?? 0;
    }
  }
  return rgb;
}
