// Writes the project as COCO JSON and proves it: the file is read back and every mask is compared with the database.
// Owns which images and classes go in, and their stable numbers; the format itself is in formats/coco.

import { randomUUID } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import { basename, dirname, isAbsolute, join, resolve } from 'node:path';
import type { ImageRecord } from '#shared/annotation/records.ts';
import type { ExportReport, ExportRequest } from '#shared/contract/wire.ts';
import { AppError } from '#shared/errors.ts';
import { orientationOf, storedMask, swapsAxes } from '#shared/geometry/orientation.ts';
import { decodeTile } from '#shared/mask/tile-codec.ts';
import { createMask, type TileMask } from '#shared/mask/tile-mask.ts';
import type { CocoHead, CocoSourceImage } from '../formats/coco/coco-source.ts';
import { verifyCoco } from '../formats/coco/verify.ts';
import { writeCoco } from '../formats/coco/write.ts';
import type { StoredRegion } from '../store/region-repository.ts';
import { exportsFolder } from './export-files.ts';
import { explainFileError } from './file-errors.ts';
import type { JobHandle } from './jobs.ts';
import type { OpenProject } from './project.ts';
import { resolveExistingPart } from './real-path.ts';
import { isInside } from './scan.ts';

export interface ExportContext {
  /** Version of the program, for the file's `info`. */
  version: string;
  handle: JobHandle;
  signal: AbortSignal;
}

/** @throws AppError `request/invalid` for a target in the image folder, `project/disk-full`, `export/failed` */
export async function exportCoco(
  project: OpenProject,
  request: ExportRequest,
  { version, handle, signal }: ExportContext,
): Promise<ExportReport> {
  const target = await prepareTarget(project, request.target);
  await readMissingHeaders(project, request, signal);
  const { images, warnings } = chooseImages(project, request);
  const head = headOf(project, request, version);
  const source = (): Generator<CocoSourceImage> => sourceImages(project, request, images);
  handle.setTotal(images.length * 2);
  const written = await writeCoco({
    target,
    head,
    images: source(),
    segmentation: request.segmentation,
    signal,
    onImage: (done) => handle.setDone(done),
  });
  handle.setMessage('Reading the file back …');
  const check = await verifyCoco({
    path: target,
    head,
    images: counted(source(), (done) => handle.setDone(images.length + done)),
    signal,
  });
  return {
    path: target,
    downloadUrl: request.target === null ? `/api/exports/${encodeURIComponent(basename(target))}` : '',
    images: written.images,
    annotations: written.annotations,
    categories: head.categories.length,
    bytes: written.bytes,
    exact: check.exact,
    checked: check.checked,
    mismatches: check.mismatches,
    warnings: [...warnings, ...written.warnings],
  };
}

/** Numbers of images, annotations and classes are given at the first export and never change. */
function* sourceImages(
  { store }: OpenProject,
  request: ExportRequest,
  images: readonly ImageRecord[],
): Generator<CocoSourceImage> {
  const imageIds = store.exportIds.imageIds(images.map((image) => image.id));
  const categoryIds = categoryNumbers(store.categories.list(), request, store.exportIds);
  const isStored = request.orientation === 'stored';
  for (const image of images) {
    const regions = store.regions.listForImage(image.id, request.includeProposals ? undefined : 'region');
    const annotationIds = store.exportIds.annotationIds(regions.map(({ record }) => record.id));
    const isSwapped = isStored && swapsAxes(orientationOf(image.orientation));
    yield {
      id: imageIds.get(image.id) ?? 0,
      fileName: image.path,
      widthPx: isSwapped ? image.heightPx : image.widthPx,
      heightPx: isSwapped ? image.widthPx : image.heightPx,
      reviewState: image.state,
      annotations: regions.map((region) => ({
        id: annotationIds.get(region.record.id) ?? 0,
        categoryId: categoryIds.get(region.record.categoryId) ?? 0,
        mask: isStored
          ? storedMask(maskOf(region, image), orientationOf(image.orientation))
          : maskOf(region, image),
        isCrowd: region.record.isCrowd,
        source: region.record.source,
        score: region.record.score,
      })),
    };
  }
}

function* counted<T>(items: Iterable<T>, onItem: (count: number) => void): Generator<T> {
  let count = 0;
  for (const item of items) {
    yield item;
    onItem(++count);
  }
}

function maskOf(region: StoredRegion, image: ImageRecord): TileMask {
  const mask = createMask(image.widthPx, image.heightPx);
  for (const { tileKey, runs } of region.tiles) mask.tiles.set(tileKey, decodeTile(runs));
  return mask;
}

/** The command line opens a project without reading headers; images nobody has looked at yet are read here. */
async function readMissingHeaders(
  { store, access }: OpenProject,
  request: ExportRequest,
  signal: AbortSignal,
): Promise<void> {
  for (const id of store.images.ids()) {
    if (store.images.isProbed(id) || !isWanted(store.images.require(id), request)) continue;
    signal.throwIfAborted();
    await access.ensureProbed(id);
  }
}

function isWanted(image: ImageRecord, request: ExportRequest): boolean {
  return request.include === 'all' || image.state === 'done' || image.state === 'done-empty';
}

function chooseImages(
  { store }: OpenProject,
  request: ExportRequest,
): { images: ImageRecord[]; warnings: string[] } {
  const warnings: string[] = [];
  const images = store.images
    .ids()
    .map((id) => store.images.require(id))
    .filter((image) => isWanted(image, request));
  const usable = images.filter((image) => {
    const reason = whyLeftOut(image);
    if (reason !== null) warnings.push(`${image.path} is left out: ${reason}`);
    return reason === null;
  });
  return { images: usable, warnings };
}

function whyLeftOut(image: ImageRecord): string | null {
  if (image.isMissing) return 'its file is not in the folder any more.';
  if (image.problem !== null) return image.problem.message;
  return image.widthPx === 0 ? 'its size has not been read yet.' : null;
}

function headOf({ store, name }: OpenProject, request: ExportRequest, version: string): CocoHead {
  const categories = store.categories.list();
  const numbers = categoryNumbers(categories, request, store.exportIds);
  return {
    info: { description: `${name}, made with ClearLabel ${version}`, version: '1.0' },
    categories: categories.map((category) => ({
      id: numbers.get(category.id) ?? 0,
      name: category.name,
      supercategory: category.supercategory,
    })),
  };
}

function categoryNumbers(
  categories: readonly { id: number }[],
  request: ExportRequest,
  exportIds: OpenProject['store']['exportIds'],
): Map<number, number> {
  const numbers = exportIds.categoryIds(categories.map(({ id }) => id));
  return new Map([...numbers].map(([id, number]) => [id, number - 1 + request.firstCategoryId]));
}

/** The place to write: below the project's own data, or any place that is not in the image folder. */
async function prepareTarget(project: OpenProject, target: string | null): Promise<string> {
  const path =
    target ?? join(exportsFolder(project), `${exportName(project.name)}-${randomUUID().slice(0, 8)}.json`);
  if (target !== null) assertOutside(project, target);
  await mkdir(dirname(path), { recursive: true }).catch((error: unknown) => {
    throw explainFileError(error, `The folder ${dirname(path)} could not be made.`);
  });
  return path;
}

function assertOutside(project: OpenProject, target: string): void {
  if (!isAbsolute(target))
    throw new AppError('request/invalid', 'Give the complete path of the file to write.');
  const place = resolveExistingPart(resolve(target));
  const isOwn = isInside(resolveExistingPart(exportsFolder(project)), place);
  if (isOwn || !isInside(resolveExistingPart(project.folder), place)) return;
  throw new AppError(
    'request/invalid',
    `${target} lies in the image folder, into which nothing is ever written. Choose a place outside it.`,
  );
}

/** A file name that every system accepts. */
function exportName(projectName: string): string {
  const name = projectName.replace(/[^\p{L}\p{N}._-]+/gu, '-').slice(0, 60);
  return name === '' || name.startsWith('.') ? 'coco' : `${name}-coco`;
}
