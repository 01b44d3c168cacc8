// Takes COCO JSON of another tool in as regions, so that work goes on where it stopped. Owns how images and classes
// are matched and that a human's region is never replaced unasked; the format itself is in formats/coco.

import { basename } from 'node:path/posix';
import {
  REVIEW_STATES,
  type CategoryId,
  type ImageId,
  type ImageRecord,
} from '#shared/annotation/records.ts';
import type { ImportReport } from '#shared/contract/wire.ts';
import { encodeTile } from '#shared/mask/tile-codec.ts';
import { orientationOf, orientMask, swapsAxes } from '#shared/geometry/orientation.ts';
import type { TileMask } from '#shared/mask/tile-mask.ts';
import type { CocoImage } from '../formats/coco/read-annotation.ts';
import { openCoco, type CocoFile } from '../formats/coco/read.ts';
import type { NewRegion } from '../store/proposal-repository.ts';
import type { Store } from '../store/store.ts';
import type { OpenProject } from './project.ts';
import { addCategory } from './vocabulary.ts';
import { cleanName, nameKey } from './vocabulary-text.ts';

export interface ImportRequest {
  /** Absolute path of the file. */
  path: string;
  /** Set when the file was sent by a window. */
  uploadId: string | null;
  /** False: only say what would happen. */
  apply: boolean;
  onConflict: 'keep-mine' | 'add' | 'replace-imported';
}

/** An image of the file and the one of the project that it is. */
interface MatchedImage {
  image: ImageRecord;
  fromFile: CocoImage;
  /** The file speaks of the pixels as stored; masks are turned upright. */
  isStored: boolean;
  hasRegions: boolean;
}

/** @throws AppError `import/invalid` when the file is no COCO JSON */
export async function importCoco(project: OpenProject, request: ImportRequest): Promise<ImportReport> {
  const { store } = project;
  const file = await openCoco(request.path);
  const matches = await matchImages(project, file);
  const classNames = usableNames(file);
  const collected = await collectRegions(file, matches, classNames, request);
  const known = new Set(store.categories.list().map((category) => nameKey(category.name)));
  const newCategories = [...new Map([...classNames.values()].map((name) => [nameKey(name), name])).entries()]
    .filter(([key]) => !known.has(key))
    .map(([, name]) => name);
  if (request.apply) applyImport(store, file, matches, classNames, collected, request);
  return {
    uploadId: request.uploadId,
    images: file.images.size,
    matchedImages: matches.size,
    annotations: collected.annotationCount,
    imported: collected.importedCount,
    newCategories,
    conflictingImages: [...matches.values()].filter(({ hasRegions }) => hasRegions).length,
    issues: file.issues.kept,
    issueCount: file.issues.count,
  };
}

/** By relative path; else by a file name that is unique on both sides. Sizes must fit. */
async function matchImages(project: OpenProject, file: CocoFile): Promise<Map<number, MatchedImage>> {
  const { images } = project.store;
  const records = images.ids().map((id) => images.require(id));
  const byPath = new Map(records.map((image) => [image.path.normalize('NFC'), image.id]));
  const byName = uniqueNames(records.map((image) => ({ name: basename(image.path), id: image.id })));
  const fileNames = uniqueNames(
    [...file.images.values()].map((image) => ({ name: basename(cleanPath(image.fileName)), id: image.id })),
  );
  const matches = new Map<number, MatchedImage>();
  const taken = new Set<ImageId>();
  for (const fromFile of file.images.values()) {
    const path = cleanPath(fromFile.fileName).normalize('NFC');
    const name = basename(path);
    const isUniqueName = fileNames.get(name) === fromFile.id;
    const imageId = byPath.get(path) ?? (isUniqueName ? byName.get(name) : undefined);
    if (imageId === undefined) {
      file.issues.add(fromFile.fileName, 'is not in this folder: its annotations are left out');
    } else if (taken.has(imageId)) {
      file.issues.add(fromFile.fileName, 'is there twice in the file: only the first one is read');
    } else {
      taken.add(imageId);
      const match = await checkedMatch(project, file, fromFile, imageId);
      if (match !== null) matches.set(fromFile.id, match);
    }
  }
  return matches;
}

async function checkedMatch(
  project: OpenProject,
  file: CocoFile,
  fromFile: CocoImage,
  imageId: ImageId,
): Promise<MatchedImage | null> {
  const image = await project.access.ensureProbed(imageId);
  if (image.widthPx === 0) {
    file.issues.add(fromFile.fileName, 'cannot be read here: its annotations are left out');
    return null;
  }
  const isUpright = image.widthPx === fromFile.widthPx && image.heightPx === fromFile.heightPx;
  const isSwapped = image.widthPx === fromFile.heightPx && image.heightPx === fromFile.widthPx;
  const isStored = !isUpright && isSwapped && swapsAxes(orientationOf(image.orientation));
  if (!isUpright && !isStored) {
    const sizes = `${fromFile.widthPx} × ${fromFile.heightPx} in the file, ${image.widthPx} × ${image.heightPx} here`;
    file.issues.add(fromFile.fileName, `has another size (${sizes}): its annotations are left out`);
    return null;
  }
  if (isStored) file.issues.add(fromFile.fileName, 'was annotated as stored: its masks are turned upright');
  return { image, fromFile, isStored, hasRegions: image.regionCount > 0 };
}

interface CollectedRegions {
  /** Regions by the image's number in the file; classes still by their number in the file. */
  byImage: Map<number, NewRegion[]>;
  annotationCount: number;
  importedCount: number;
}

async function collectRegions(
  file: CocoFile,
  matches: ReadonlyMap<number, MatchedImage>,
  classNames: ReadonlyMap<number, string>,
  { onConflict }: ImportRequest,
): Promise<CollectedRegions> {
  const collected: CollectedRegions = { byImage: new Map(), annotationCount: 0, importedCount: 0 };
  for await (const annotation of file.annotations()) {
    collected.annotationCount += 1;
    const match = matches.get(annotation.imageId);
    if (match === undefined || !classNames.has(annotation.categoryId)) continue;
    if (match.hasRegions && onConflict === 'keep-mine') continue;
    const mask = match.isStored
      ? orientMask(annotation.mask, orientationOf(match.image.orientation))
      : annotation.mask;
    const regions = collected.byImage.get(annotation.imageId) ?? [];
    regions.push({
      categoryId: annotation.categoryId,
      source: 'imported',
      isCrowd: annotation.isCrowd,
      tiles: encodedTiles(mask),
    });
    collected.byImage.set(annotation.imageId, regions);
    collected.importedCount += 1;
  }
  return collected;
}

/** All or nothing. */
function applyImport(
  store: Store,
  file: CocoFile,
  matches: ReadonlyMap<number, MatchedImage>,
  classNames: ReadonlyMap<number, string>,
  { byImage }: CollectedRegions,
  { onConflict }: ImportRequest,
): void {
  store.transaction(() => {
    const categoryIds = ensureCategories(store, file, classNames);
    for (const [fileImageId, { image, fromFile, hasRegions }] of matches) {
      if (hasRegions && onConflict === 'keep-mine') continue;
      if (onConflict === 'replace-imported') {
        store.regions.removeForImage(image.id, { status: 'region', source: 'imported' });
      }
      const regions = byImage.get(fileImageId) ?? [];
      const placed = regions.map((region) => ({
        ...region,
        categoryId: categoryIds.get(region.categoryId) ?? region.categoryId,
      }));
      if (placed.length > 0) store.proposals.addRegions(image.id, placed);
      setStateAfterImport(store, image, fromFile, placed.length);
    }
  });
}

/** A state that our own export wrote comes back; otherwise imported work is work in progress. */
function setStateAfterImport(
  store: Store,
  image: ImageRecord,
  fromFile: CocoImage,
  regionCount: number,
): void {
  if (image.state !== 'todo') return;
  const stated = REVIEW_STATES.find((state) => state === fromFile.extra['review_state']);
  if (stated !== undefined) store.images.setState(image.id, stated);
  else if (regionCount > 0) store.images.setState(image.id, 'in-progress');
}

function ensureCategories(
  store: Store,
  file: CocoFile,
  classNames: ReadonlyMap<number, string>,
): Map<number, CategoryId> {
  const known = new Map(store.categories.list().map((category) => [nameKey(category.name), category]));
  const ids = new Map<number, CategoryId>();
  for (const [fileId, name] of classNames) {
    const key = nameKey(name);
    const colors = [...known.values()].map((category) => category.color);
    const supercategory = file.categories.get(fileId)?.supercategory ?? '';
    const category = known.get(key) ?? addCategory(store, name, [], colors, supercategory);
    known.set(key, category);
    ids.set(fileId, category.id);
  }
  return ids;
}

/** Class names of the file that can be used here, by their number in the file. */
function usableNames(file: CocoFile): Map<number, string> {
  const names = new Map<number, string>();
  for (const { id, name } of file.categories.values()) {
    const cut = [...name].slice(0, 100).join('').trim();
    if (cut === '') file.issues.add(`category ${id}`, 'has no name: its annotations are left out');
    else {
      if (cut !== name.trim())
        file.issues.add(`category ${id}`, 'has a name of more than 100 characters: cut');
      names.set(id, cleanName(cut));
    }
  }
  return names;
}

function uniqueNames(entries: readonly { name: string; id: number }[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const { name } of entries) counts.set(name, (counts.get(name) ?? 0) + 1);
  return new Map(entries.filter(({ name }) => counts.get(name) === 1).map(({ name, id }) => [name, id]));
}

function cleanPath(fileName: string): string {
  return fileName.replaceAll('\\', '/').replace(/^(?:\.\/)+/, '');
}

function encodedTiles(mask: TileMask): { tileKey: number; runs: Uint8Array }[] {
  return [...mask.tiles].map(([tileKey, words]) => ({ tileKey, runs: encodeTile(words) }));
}
