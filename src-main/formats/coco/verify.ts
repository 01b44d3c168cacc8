// Reads an export back and compares it with what was meant to be written, pixel by pixel. Trusts nothing that the
// writer computed: masks, areas and boxes come from the reader and from the source.

import { maskArea, maskBox, maskEquals } from '#shared/mask/tile-mask.ts';
import type { CocoHead, CocoSourceAnnotation, CocoSourceImage } from './coco-source.ts';
import type { CocoAnnotation } from './read-annotation.ts';
import { openCoco, type CocoFile } from './read.ts';

export interface VerifyCocoRequest {
  path: string;
  head: CocoHead;
  /** The same images in the same order as the writer got them. */
  images: AsyncIterable<CocoSourceImage> | Iterable<CocoSourceImage>;
  signal?: AbortSignal;
}

export interface CocoMismatch {
  /** 0 when it is about the file or an image. */
  annotationId: number;
  imagePath: string;
  message: string;
}

export interface VerifyCocoResult {
  /** Annotations that were compared, and those that were right in every point. */
  checked: number;
  exact: number;
  mismatches: CocoMismatch[];
}

/** @throws AppError `import/invalid` when the file cannot be read at all; `job/cancelled` */
export async function verifyCoco(request: VerifyCocoRequest): Promise<VerifyCocoResult> {
  const options = request.signal ? { signal: request.signal } : {};
  const file = await openCoco(request.path, options);
  const result: VerifyCocoResult = { checked: 0, exact: 0, mismatches: [] };
  const report = (message: string, imagePath = '', annotationId = 0): void => {
    result.mismatches.push({ annotationId, imagePath, message });
  };
  if (!haveSameCategories(file, request.head))
    report('The categories in the file are not those of the project.');
  const written = file.annotations(options);
  let next = await written.next();
  let imageCount = 0;
  for await (const image of request.images) {
    imageCount++;
    const problem = imageProblem(file, image);
    if (problem !== null) report(problem, image.fileName);
    for (const expected of image.annotations) {
      if (maskArea(expected.mask) === 0) continue;
      result.checked++;
      const found = next.done === true ? null : next.value;
      if (found?.id !== expected.id) {
        report('The annotation is missing in the file.', image.fileName, expected.id);
        continue;
      }
      const difference = annotationProblem(found, expected, image);
      if (difference === null) result.exact++;
      else report(difference, image.fileName, expected.id);
      next = await written.next();
    }
  }
  if (next.done !== true)
    report('The file holds annotations that are not in the project.', '', next.value.id ?? 0);
  if (file.images.size !== imageCount) report(`The file lists ${file.images.size} of ${imageCount} images.`);
  await written.return();
  for (const issue of file.issues.kept) report(`${issue.place} ${issue.message}`);
  return result;
}

function haveSameCategories(file: CocoFile, head: CocoHead): boolean {
  if (file.categories.size !== head.categories.length) return false;
  return head.categories.every((category) => {
    const found = file.categories.get(category.id);
    return found?.name === category.name && found.supercategory === category.supercategory;
  });
}

function imageProblem(file: CocoFile, image: CocoSourceImage): string | null {
  const found = file.images.get(image.id);
  if (!found) return 'The image is missing in the file.';
  if (found.fileName !== image.fileName) return `The file calls the image ${found.fileName}.`;
  if (found.widthPx !== image.widthPx || found.heightPx !== image.heightPx) {
    return `The file says ${found.widthPx} × ${found.heightPx} pixels, not ${image.widthPx} × ${image.heightPx}.`;
  }
  return null;
}

function annotationProblem(
  found: CocoAnnotation,
  expected: CocoSourceAnnotation,
  image: CocoSourceImage,
): string | null {
  if (found.imageId !== image.id) return `The annotation belongs to image ${found.imageId} in the file.`;
  if (found.categoryId !== expected.categoryId) return `The file has category ${found.categoryId}.`;
  if (found.isCrowd !== expected.isCrowd) return 'The crowd mark is not the same.';
  if (!maskEquals(found.mask, expected.mask)) return 'The mask in the file is not the same.';
  if (found.statedArea !== maskArea(expected.mask)) return `The file states an area of ${found.statedArea}.`;
  const box = maskBox(expected.mask);
  if (found.statedBox?.some((value, i) => value !== box[i]) !== false) return 'The box in the file is wrong.';
  return null;
}
