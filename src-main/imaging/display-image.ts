// Pictures for the window: the file itself where every browser shows it upright and unchanged, otherwise a copy that
// it can show; and thumbnails.

import { readFile } from 'node:fs/promises';
import sharp, { type Sharp } from 'sharp';
import type { EncodedPicture } from '#main/workers/messages.ts';
import { explainDecodeError } from './image-errors.ts';
import { hasEndMarker, type ImageFormat } from './image-format.ts';
import { decodePixels, uprightPipeline, type LoadedImage } from './load-image.ts';

const MIME_TYPES: Readonly<Partial<Record<ImageFormat, string>>> = {
  jpeg: 'image/jpeg',
  png: 'image/png',
  webp: 'image/webp',
  avif: 'image/avif',
  gif: 'image/gif',
};

/**
 * Upright picture that a browser can decode. Files that a browser shows right by itself come back byte for byte; others
 * as PNG, or as JPEG of quality 92 when shrunk to `maxPixels`.
 */
export async function displayImage(image: LoadedImage, maxPixels: number): Promise<EncodedPicture> {
  const { widthPx, heightPx } = image.probe;
  try {
    if (widthPx * heightPx > maxPixels) return await shrunkCopy(image, maxPixels);
    const mimeType = MIME_TYPES[image.format];
    if (mimeType !== undefined && isShownRight(image)) {
      const bytes = await readFile(image.path);
      // A browser paints what is there and says nothing: decode once where the end of the file is in doubt.
      if (!hasEndMarker(bytes, image.format)) await decodePixels(image, 'ignore');
      return {
        bytes: new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength),
        mimeType,
        widthPx,
        heightPx,
      };
    }
    const pipeline = await uprightPipeline(image, 'apply');
    return await finish(pipeline.png({ compressionLevel: 2 }), 'image/png');
  } catch (error) {
    throw explainDecodeError(error, image.format);
  }
}

/** True when Chromium shows the file's bytes as we define them: upright, opaque, 8-bit, one frame. */
function isShownRight(image: LoadedImage): boolean {
  const { metadata, probe } = image;
  if (metadata === null || metadata.depth !== 'uchar' || probe.bitDepth > 8) return false;
  const isUpright = probe.orientation === 1 || image.format === 'jpeg';
  const isPlain = !metadata.hasAlpha && (metadata.pages ?? 1) === 1;
  return isUpright && isPlain && (metadata.space === 'srgb' || metadata.space === 'b-w');
}

async function shrunkCopy(image: LoadedImage, maxPixels: number): Promise<EncodedPicture> {
  const { widthPx, heightPx } = image.probe;
  const factor = Math.sqrt(maxPixels / (widthPx * heightPx));
  const pipeline = await uprightPipeline(image, 'apply');
  const width = Math.max(1, Math.floor(widthPx * factor));
  const height = Math.max(1, Math.floor(heightPx * factor));
  return finish(pipeline.resize(width, height, { fit: 'fill' }).jpeg({ quality: 92 }), 'image/jpeg');
}

/** Small upright WebP picture, at most `maxSidePx` on its longer side, never enlarged. */
export async function thumbnailOf(image: LoadedImage, maxSidePx: number): Promise<EncodedPicture> {
  try {
    const pipeline = await uprightPipeline(image, 'apply');
    const small = pipeline.resize(maxSidePx, maxSidePx, { fit: 'inside', withoutEnlargement: true });
    return await finish(small.webp({ quality: 80, effort: 2 }), 'image/webp');
  } catch (error) {
    throw explainDecodeError(error, image.format);
  }
}

/** Encodes 8-bit RGB pixels. PNG and WebP are lossless, JPEG has quality 92. */
export function encodePixels(request: {
  rgb: Uint8Array;
  widthPx: number;
  heightPx: number;
  format: 'png' | 'jpeg' | 'webp';
}): Promise<EncodedPicture> {
  const { rgb, widthPx, heightPx, format } = request;
  const pipeline = sharp(rgb, {
    raw: { width: widthPx, height: heightPx, channels: 3 },
    limitInputPixels: false,
  });
  if (format === 'png') return finish(pipeline.png({ compressionLevel: 6 }), 'image/png');
  if (format === 'webp') return finish(pipeline.webp({ lossless: true, effort: 2 }), 'image/webp');
  return finish(pipeline.jpeg({ quality: 92 }), 'image/jpeg');
}

async function finish(pipeline: Sharp, mimeType: string): Promise<EncodedPicture> {
  const { data, info } = await pipeline.toBuffer({ resolveWithObject: true });
  return { bytes: new Uint8Array(data), mimeType, widthPx: info.width, heightPx: info.height };
}
