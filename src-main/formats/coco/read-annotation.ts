// One annotation of a COCO file: checked against the file's images and categories, its mask decoded.

import { isMaskEmpty, type TileMask } from '#shared/mask/tile-mask.ts';
import type { CocoCategory } from './coco-source.ts';
import type { IssueList } from './issues.ts';
import { isObject, otherKeys, readId, shown, type JsonObject } from './read-fields.ts';
import { readSegmentation } from './read-segmentation.ts';

export interface CocoImage {
  id: number;
  fileName: string;
  widthPx: number;
  heightPx: number;
  /** Keys that are not COCO's own. */
  extra: JsonObject;
}

export interface CocoAnnotation {
  /** Null when the file gave none that can be used. */
  id: number | null;
  imageId: number;
  categoryId: number;
  /** Of the image's size; never empty. */
  mask: TileMask;
  isCrowd: boolean;
  score: number | null;
  /** As the file states them; the mask is the truth. */
  statedArea: number | null;
  statedBox: number[] | null;
  extra: JsonObject;
}

const ANNOTATION_KEYS: ReadonlySet<string> = new Set([
  ...['id', 'image_id', 'category_id', 'segmentation', 'iscrowd', 'score', 'area', 'bbox'],
]);

/** Remembers the ids it has seen; otherwise without state. */
export class AnnotationReader {
  readonly #images: ReadonlyMap<number, CocoImage>;
  readonly #categories: ReadonlyMap<number, CocoCategory>;
  readonly #issues: IssueList;
  readonly #acceptsImage: (image: CocoImage) => boolean;
  readonly #seenIds = new Set<number>();

  constructor(
    header: {
      images: ReadonlyMap<number, CocoImage>;
      categories: ReadonlyMap<number, CocoCategory>;
      issues: IssueList;
    },
    acceptsImage: (image: CocoImage) => boolean,
  ) {
    this.#images = header.images;
    this.#categories = header.categories;
    this.#issues = header.issues;
    this.#acceptsImage = acceptsImage;
  }

  /** Null when the annotation cannot be used (an issue says why) or its image is not wanted. */
  read(value: unknown, index: number): CocoAnnotation | null {
    const listPlace = `annotations[${index}]`;
    if (!isObject(value)) {
      this.#issues.add(listPlace, `is not an object (${shown(value)}): skipped`);
      return null;
    }
    const id = readId(listPlace, 'id', value['id'], this.#issues);
    const place = id === null ? listPlace : `annotation ${id}`;
    if (id === null) this.#issues.add(place, `has no usable id (${shown(value['id'])}): read without one`);
    else if (this.#seenIds.has(id)) this.#issues.add(place, 'occurs twice: both are read');
    else this.#seenIds.add(id);
    return this.#readParts(place, id, value);
  }

  #readParts(place: string, id: number | null, value: JsonObject): CocoAnnotation | null {
    const issues = this.#issues;
    const imageId = readId(place, 'image_id', value['image_id'], issues);
    const image = imageId === null ? undefined : this.#images.get(imageId);
    if (!image) {
      issues.add(
        place,
        `belongs to image ${shown(value['image_id'])}, which the file does not list: skipped`,
      );
      return null;
    }
    const categoryId = readId(place, 'category_id', value['category_id'], issues);
    if (categoryId === null || !this.#categories.has(categoryId)) {
      const wanted = shown(value['category_id']);
      issues.add(place, `belongs to category ${wanted}, which the file does not list: skipped`);
      return null;
    }
    if (!this.#acceptsImage(image)) return null;
    const { mask, problems } = readSegmentation(value['segmentation'], image.widthPx, image.heightPx);
    for (const problem of problems) issues.add(place, problem);
    if (!mask) return null;
    if (isMaskEmpty(mask)) {
      issues.add(place, 'has no pixels inside its image: skipped');
      return null;
    }
    return {
      id,
      imageId: image.id,
      categoryId,
      mask,
      isCrowd: this.#readCrowd(place, value['iscrowd']),
      score: finiteOrNull(value['score']),
      statedArea: finiteOrNull(value['area']),
      statedBox: readBox(value['bbox']),
      extra: otherKeys(value, ANNOTATION_KEYS),
    };
  }

  #readCrowd(place: string, value: unknown): boolean {
    if (value === 1 || value === true) return true;
    if (value !== undefined && value !== null && value !== 0 && value !== false) {
      this.#issues.add(place, `iscrowd is ${shown(value)}, not 0 or 1: read as 0`);
    }
    return false;
  }
}

function finiteOrNull(value: unknown): number | null {
  return typeof value === 'number' && Number.isFinite(value) ? value : null;
}

function readBox(value: unknown): number[] | null {
  if (!Array.isArray(value) || value.length !== 4) return null;
  const numbers = value.map(finiteOrNull);
  return numbers.every((number) => number !== null) ? numbers : null;
}
