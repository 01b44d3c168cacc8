// What the imaging process answers. Ties the decoder, the paper's resize and the encoders together; bounds the memory
// of pictures that are decoded at the same time.

import { readFile } from 'node:fs/promises';
import type { ImagingWorkerApi } from '#main/workers/messages.ts';
import { AppError } from '#shared/errors.ts';
import { modelInputSize, resizeLikeOpenCv } from '#shared/image/opencv-resize.ts';
import { displayImage, encodePixels, thumbnailOf } from './display-image.ts';
import { explainDecodeError } from './image-errors.ts';
import { sniffFormat } from './image-format.ts';
import { decodePixels, loadImage, type LoadedImage } from './load-image.ts';
import { PixelGate } from './pixel-gate.ts';
import { decodePngLabels } from './png-labels.ts';

/** Pixels decoded at the same time: about 0.5 GB with the decoder's own copies. */
const GATE_PIXELS = 80_000_000;

export function createImagingWorker(): ImagingWorkerApi {
  const gate = new PixelGate(GATE_PIXELS);
  const withImage = async <T>(path: string, work: (image: LoadedImage) => Promise<T>): Promise<T> => {
    const image = await loadImage(path);
    return gate.run(image.probe.widthPx * image.probe.heightPx, () => work(image));
  };
  return {
    probe: async ({ path }) => (await loadImage(path)).probe,
    decodeForModel: ({ path, resize }) =>
      withImage(path, async (image) => {
        const { widthPx, heightPx, rgb } = await decodePixels(image, 'ignore');
        const size = modelInputSize(widthPx, heightPx, resize);
        const resized = resizeLikeOpenCv({ widthPx, heightPx, channels: 3, data: rgb }, size);
        return { ...size, rgb: resized.data, originalWidthPx: widthPx, originalHeightPx: heightPx };
      }),
    decodeRgb: ({ path }) => withImage(path, (image) => decodePixels(image, 'ignore')),
    thumbnail: ({ path, maxSidePx }) => withImage(path, (image) => thumbnailOf(image, maxSidePx)),
    display: ({ path, maxPixels }) => withImage(path, (image) => displayImage(image, maxPixels)),
    encode: encodePixels,
    decodeLabels: ({ path }) => decodeLabels(path),
  };
}

async function decodeLabels(
  path: string,
): Promise<{ widthPx: number; heightPx: number; labels: Uint8Array }> {
  try {
    const bytes = await readFile(path);
    if (sniffFormat(bytes.subarray(0, 64)) === 'png') return decodePngLabels(bytes);
    throw new AppError(
      'image/unsupported',
      'Label pictures must be PNG files: other formats change the class numbers.',
    );
  } catch (error) {
    throw explainDecodeError(error, 'png');
  }
}
