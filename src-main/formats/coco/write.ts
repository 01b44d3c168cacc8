// Writes COCO JSON as a stream: images and annotations pass through one at a time, so the size of a project never
// matters. The target appears at once and whole (temporary file, fsync, rename) or stays as it was.

import { randomBytes } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { AppError } from '#shared/errors.ts';
import { maskArea, maskBox } from '#shared/mask/tile-mask.ts';
import type { CocoHead, CocoSourceAnnotation, CocoSourceImage, SegmentationStyle } from './coco-source.ts';
import { segmentationJson } from './segmentation-json.ts';
import { explainedWriteError, syncFolder, TextFile } from './text-file.ts';

export interface WriteCocoRequest {
  /** Absolute path of the JSON file; its folder must exist. */
  target: string;
  head: CocoHead;
  images: AsyncIterable<CocoSourceImage> | Iterable<CocoSourceImage>;
  segmentation: SegmentationStyle;
  signal?: AbortSignal;
  /** Called after each image with the number of images written so far. */
  onImage?: (imagesDone: number) => void;
}

export interface WriteCocoResult {
  images: number;
  annotations: number;
  bytes: number;
  /** What was left out or deserves a look, one sentence each. */
  warnings: string[];
}

/**
 * Writes the file. The same input gives the same bytes. Crowd regions are always RLE, as every loader expects.
 *
 * @throws AppError `job/cancelled`, `project/disk-full`, `project/read-only`, `export/failed`; whatever `images`
 * throws. The temporary files are gone then and a previous target is untouched.
 */
export async function writeCoco(request: WriteCocoRequest): Promise<WriteCocoResult> {
  const temporary = `${request.target}.${randomBytes(6).toString('hex')}.tmp`;
  const temporaryAnnotations = `${temporary}-annotations`;
  try {
    const result = await writeFiles(request, temporary, temporaryAnnotations);
    await rename(temporary, request.target);
    await syncFolder(dirname(request.target));
    return result;
  } catch (error) {
    throw explainedWriteError(error, request.target);
  } finally {
    await rm(temporary, { force: true });
    await rm(temporaryAnnotations, { force: true });
  }
}

async function writeFiles(
  request: WriteCocoRequest,
  temporary: string,
  temporaryAnnotations: string,
): Promise<WriteCocoResult> {
  const result: WriteCocoResult = { images: 0, annotations: 0, bytes: 0, warnings: [] };
  await using main = await TextFile.create(temporary);
  await using annotations = await TextFile.create(temporaryAnnotations);
  const { info, categories } = request.head;
  await main.write(`{"info":${JSON.stringify(info)},\n"licenses":[],\n"categories":[`);
  await main.write(categories.map((category) => `\n${categoryJson(category)}`).join(','));
  await main.write('\n],\n"images":[');
  for await (const image of request.images) {
    throwIfAborted(request.signal);
    await main.write(`${result.images === 0 ? '' : ','}\n${imageJson(image)}`);
    for (const annotation of image.annotations) {
      const text = annotationJson(annotation, image, request.segmentation);
      if (text === null) {
        result.warnings.push(`${image.fileName}: region ${annotation.id} has no pixels and was left out.`);
        continue;
      }
      await annotations.write(`${result.annotations === 0 ? '' : ','}\n${text}`);
      result.annotations++;
    }
    result.images++;
    request.onImage?.(result.images);
  }
  await main.write('\n],\n"annotations":[');
  await annotations.flush();
  for await (const chunk of createReadStream(temporaryAnnotations, { highWaterMark: 1 << 20 })) {
    throwIfAborted(request.signal);
    await main.writeBytes(chunk as Uint8Array);
  }
  await main.write('\n]}\n');
  await main.sync();
  result.bytes = main.bytes;
  return result;
}

function throwIfAborted(signal: AbortSignal | undefined): void {
  if (signal?.aborted === true) throw new AppError('job/cancelled', 'The export was cancelled.');
}

function categoryJson(category: CocoHead['categories'][number]): string {
  const { id, name, supercategory } = category;
  return JSON.stringify({ id, name, supercategory });
}

function imageJson(image: CocoSourceImage): string {
  return JSON.stringify({
    id: image.id,
    width: image.widthPx,
    height: image.heightPx,
    file_name: image.fileName,
    review_state: image.reviewState,
  });
}

function annotationJson(
  annotation: CocoSourceAnnotation,
  image: CocoSourceImage,
  style: SegmentationStyle,
): string | null {
  const { id, mask, isCrowd, source, score } = annotation;
  if (mask.widthPx !== image.widthPx || mask.heightPx !== image.heightPx) {
    throw new RangeError(`region ${id} has not the size of its image ${image.fileName}`);
  }
  const areaPx = maskArea(mask);
  if (areaPx === 0) return null;
  const box = maskBox(mask)
    .map((value) => `${value}.0`)
    .join(',');
  const scoreJson = score === null ? '' : `,"score":${JSON.stringify(score)}`;
  return (
    `{"id":${id},"image_id":${image.id},"category_id":${annotation.categoryId},` +
    `"bbox":[${box}],"area":${areaPx}.0,"iscrowd":${isCrowd ? 1 : 0},` +
    `"segmentation":${segmentationJson(mask, isCrowd && style === 'polygon' ? 'rle-list' : style)},` +
    `"source":${JSON.stringify(source)}${scoreJson}}`
  );
}
