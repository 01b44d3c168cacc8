// Reads COCO JSON of any size and any order of keys: first pass images and categories, second pass annotations, one
// at a time. Whatever cannot be used becomes an issue with its place and what was done; only a file that is no COCO
// at all is an error. Knows no project.

import { createReadStream } from 'node:fs';
import { AppError } from '#shared/errors.ts';
import { AnnotationReader, type CocoAnnotation, type CocoImage } from './read-annotation.ts';
import type { CocoCategory } from './coco-source.ts';
import { IssueList } from './issues.ts';
import { JsonElementSplitter, type JsonElement } from './json-elements.ts';
import { isObject, otherKeys, parseElement, readId, shown } from './read-fields.ts';

const CHUNK_BYTES = 1 << 20;
const MAX_PIXELS = 2 ** 31 - 1;

export interface ReadCocoOptions {
  signal?: AbortSignal;
  /** Bytes read so far in this pass. */
  onBytes?: (bytes: number) => void;
}

export interface ReadAnnotationsOptions extends ReadCocoOptions {
  /** Annotations of images for which this is false are passed over: their masks are never made. */
  acceptsImage?: (image: CocoImage) => boolean;
}

/** A file whose images and categories have been read; `annotations()` reads the rest each time it is called. */
export interface CocoFile {
  info: unknown;
  images: ReadonlyMap<number, CocoImage>;
  categories: ReadonlyMap<number, CocoCategory>;
  /** Grows while annotations are read. */
  issues: IssueList;
  annotations(options?: ReadAnnotationsOptions): AsyncGenerator<CocoAnnotation, void, undefined>;
}

/**
 * Opens a COCO JSON file.
 *
 * @throws AppError `import/invalid` when it is not a JSON object with a list of images; `job/cancelled`
 */
export async function openCoco(path: string, options: ReadCocoOptions = {}): Promise<CocoFile> {
  const issues = new IssueList();
  const images = new Map<number, CocoImage>();
  const categories = new Map<number, CocoCategory>();
  const keys = new Set(['info', 'images', 'categories']);
  let info: unknown = null;
  const splitter = new JsonElementSplitter((key) => keys.has(key));
  for await (const element of elementsOf(path, splitter, options)) {
    const value = elementValue(element, issues);
    if (value === undefined) continue;
    if (element.key === 'info') info = value;
    else if (element.index === null) issues.add(element.key, 'is not a list: skipped');
    else if (element.key === 'images') addImage(images, value, element.index, issues);
    else addCategory(categories, value, element.index, issues);
  }
  if (!splitter.keys.has('images') || (splitter.problem !== null && images.size === 0)) {
    const reason = splitter.problem ?? 'it has no list of images';
    const message = `${path} is not a COCO JSON file: ${reason}. Choose another file.`;
    throw new AppError('import/invalid', message, { details: { path } });
  }
  return {
    info,
    images,
    categories,
    issues,
    annotations: (more = {}) => readAnnotations(path, { images, categories, issues }, more),
  };
}

type Header = Pick<CocoFile, 'images' | 'categories' | 'issues'>;

async function* elementsOf(
  path: string,
  splitter: JsonElementSplitter,
  options: ReadCocoOptions,
): AsyncGenerator<JsonElement, void, undefined> {
  let bytes = 0;
  for await (const chunk of createReadStream(path, { highWaterMark: CHUNK_BYTES })) {
    if (options.signal?.aborted === true)
      throw new AppError('job/cancelled', 'Reading the file was cancelled.');
    yield* splitter.push(chunk as Uint8Array);
    if (splitter.problem !== null) return;
    bytes += (chunk as Uint8Array).length;
    options.onBytes?.(bytes);
  }
  splitter.end();
}

function placeOf(element: JsonElement): string {
  return element.index === null ? `"${element.key}"` : `${element.key}[${element.index}]`;
}

function elementValue(element: JsonElement, issues: IssueList): unknown {
  if (element.text !== null) return parseElement(placeOf(element), element.text, issues);
  issues.add(placeOf(element), `cannot be read, ${element.problem ?? 'it is damaged'}: skipped`);
  return undefined;
}

const IMAGE_KEYS: ReadonlySet<string> = new Set(['id', 'width', 'height', 'file_name']);

function addImage(images: Map<number, CocoImage>, value: unknown, index: number, issues: IssueList): void {
  const listPlace = `images[${index}]`;
  if (!isObject(value)) return issues.add(listPlace, `is not an object (${shown(value)}): skipped`);
  const id = readId(listPlace, 'id', value['id'], issues);
  if (id === null) return issues.add(listPlace, `has no usable id (${shown(value['id'])}): skipped`);
  const place = `image ${id}`;
  if (images.has(id)) return issues.add(place, 'occurs twice: the first one is kept');
  const widthPx = readId(place, 'width', value['width'], issues) ?? 0;
  const heightPx = readId(place, 'height', value['height'], issues) ?? 0;
  if (widthPx < 1 || heightPx < 1 || widthPx * heightPx > MAX_PIXELS) {
    const size = `${shown(value['width'])} × ${shown(value['height'])}`;
    return issues.add(place, `has no usable size (${size}): skipped`);
  }
  const fileName = value['file_name'];
  if (typeof fileName !== 'string' || fileName === '') {
    return issues.add(place, `has no file name (${shown(fileName)}): skipped`);
  }
  images.set(id, { id, fileName, widthPx, heightPx, extra: otherKeys(value, IMAGE_KEYS) });
}

function addCategory(
  categories: Map<number, CocoCategory>,
  value: unknown,
  index: number,
  issues: IssueList,
): void {
  const listPlace = `categories[${index}]`;
  if (!isObject(value)) return issues.add(listPlace, `is not an object (${shown(value)}): skipped`);
  const id = readId(listPlace, 'id', value['id'], issues);
  if (id === null) return issues.add(listPlace, `has no usable id (${shown(value['id'])}): skipped`);
  const place = `category ${id}`;
  if (categories.has(id)) return issues.add(place, 'occurs twice: the first one is kept');
  const { name, supercategory } = value;
  if (typeof name !== 'string' || name.trim() === '') {
    return issues.add(place, `has no name (${shown(name)}): skipped`);
  }
  categories.set(id, { id, name, supercategory: typeof supercategory === 'string' ? supercategory : '' });
}

async function* readAnnotations(
  path: string,
  header: Header,
  options: ReadAnnotationsOptions,
): AsyncGenerator<CocoAnnotation, void, undefined> {
  const splitter = new JsonElementSplitter((key) => key === 'annotations');
  const reader = new AnnotationReader(header, options.acceptsImage ?? (() => true));
  for await (const element of elementsOf(path, splitter, options)) {
    const value = elementValue(element, header.issues);
    if (value === undefined) continue;
    if (element.index === null) {
      header.issues.add('"annotations"', 'is not a list: skipped');
      continue;
    }
    const annotation = reader.read(value, element.index);
    if (annotation) yield annotation;
  }
  if (splitter.problem !== null) {
    header.issues.add('the file', `is damaged, ${splitter.problem}: only what comes before was read`);
  } else if (!splitter.keys.has('annotations')) {
    header.issues.add('the file', 'has no list of annotations');
  }
}
