// What the model offers: replaced as a whole by each re-run, never touching a region. Does not offer again what a
// region already covers or what the user has turned down.

import { randomUUID } from 'node:crypto';
import type {
  CategoryId,
  ImageId,
  ImageRecord,
  ModelOrigin,
  PixelBox,
  RegionRecord,
  RegionSource,
} from '#shared/annotation/records.ts';
import { decodeTile } from '#shared/mask/tile-codec.ts';
import { popcount } from '#shared/mask/tile-words.ts';
import type { Database } from './database.ts';
import { bumpRevision } from './edit-repository.ts';
import type { ImageRepository } from './image-repository.ts';
import type { RegionRepository, StoredRegion } from './region-repository.ts';
import type { EncodedTile } from './region-tiles.ts';

/** A region as the segmentation found it. */
export interface NewProposal {
  categoryId: CategoryId;
  score: number;
  origin: ModelOrigin;
  areaPx: number;
  box: PixelBox;
  tiles: readonly EncodedTile[];
}

/** A region that comes from a file of another tool. */
export interface NewRegion {
  categoryId: CategoryId;
  source: RegionSource;
  isCrowd: boolean;
  tiles: readonly EncodedTile[];
}

export interface ReplaceResult {
  revision: number;
  offered: StoredRegion[];
  /** Proposals not offered: covered by a region of their class, or turned down before. */
  withheldCount: number;
}

/** Mask IoU from which a region of the same class counts as the same thing. */
const COVERED_IOU = 0.5;
/** Box IoU from which a proposal counts as one that was turned down. */
const REJECTED_IOU = 0.8;

export class ProposalRepository {
  readonly #database: Database;
  readonly #images: ImageRepository;
  readonly #regions: RegionRepository;

  constructor(database: Database, images: ImageRepository, regions: RegionRepository) {
    this.#database = database;
    this.#images = images;
    this.#regions = regions;
  }

  /** Replaces all proposals of an image in one transaction. Throws `image/not-found`, `request/invalid`. */
  replaceProposals(imageId: ImageId, proposals: readonly NewProposal[]): ReplaceResult {
    return this.#database.transaction(() => {
      const image = this.#images.require(imageId);
      const isOffered = this.#offerFilter(imageId);
      this.#regions.removeForImage(imageId, { status: 'proposal' });
      const wanted = proposals.filter(isOffered);
      let zIndex = this.#regions.maxZIndex(imageId);
      const offered = wanted.map((proposal) => this.#insert(image, proposal, ++zIndex));
      return {
        revision: bumpRevision(this.#database, imageId),
        offered,
        withheldCount: proposals.length - wanted.length,
      };
    });
  }

  /** Adds regions of another tool in one transaction and returns them. Throws `image/not-found`, `request/invalid`. */
  addRegions(imageId: ImageId, regions: readonly NewRegion[]): RegionRecord[] {
    return this.#database.transaction(() => {
      const image = this.#images.require(imageId);
      let zIndex = this.#regions.maxZIndex(imageId);
      const records = regions.map((region) =>
        this.#regions.put(
          {
            id: randomUUID(),
            imageId,
            categoryId: region.categoryId,
            status: 'region',
            source: region.source,
            score: null,
            origin: null,
            zIndex: ++zIndex,
            isCrowd: region.isCrowd,
          },
          image,
          region.tiles,
          true,
        ),
      );
      bumpRevision(this.#database, imageId);
      return records;
    });
  }

  /** Offers again what was turned down, on one image or (null) on all. */
  forgetRejected(imageId: ImageId | null): void {
    if (imageId === null) this.#database.run('DELETE FROM rejected');
    else this.#database.run('DELETE FROM rejected WHERE image_id = ?', imageId);
  }

  #insert(image: ImageRecord, proposal: NewProposal, zIndex: number): StoredRegion {
    const record = this.#regions.put(
      {
        id: randomUUID(),
        imageId: image.id,
        categoryId: proposal.categoryId,
        status: 'proposal',
        source: 'model',
        score: proposal.score,
        origin: proposal.origin,
        zIndex,
        isCrowd: false,
      },
      image,
      proposal.tiles,
      true,
    );
    return { record, tiles: [...proposal.tiles] };
  }

  #offerFilter(imageId: ImageId): (proposal: NewProposal) => boolean {
    const regions = this.#regions.listForImage(imageId, 'region');
    const rejected = this.#database.all<{
      category_id: number;
      box_x: number;
      box_y: number;
      box_width: number;
      box_height: number;
    }>('SELECT * FROM rejected WHERE image_id = ?', imageId);
    return (proposal) =>
      !regions.some(
        (region) => region.record.categoryId === proposal.categoryId && covers(region, proposal),
      ) &&
      !rejected.some(
        (row) =>
          row.category_id === proposal.categoryId &&
          boxIou([row.box_x, row.box_y, row.box_width, row.box_height], proposal.box) >= REJECTED_IOU,
      );
  }
}

/** Areas and boxes rule out most pairs before any mask is looked at. */
function covers(region: StoredRegion, proposal: NewProposal): boolean {
  const { areaPx, box } = region.record;
  const [smaller, larger] = [Math.min(areaPx, proposal.areaPx), Math.max(areaPx, proposal.areaPx)];
  if (smaller < larger * COVERED_IOU || boxIou(box, proposal.box) === 0) return false;
  const intersection = intersectionPx(region.tiles, proposal.tiles);
  return intersection >= COVERED_IOU * (areaPx + proposal.areaPx - intersection);
}

/** Intersection over union of two boxes, 0..1. */
function boxIou(a: PixelBox, b: PixelBox): number {
  const width = Math.min(a[0] + a[2], b[0] + b[2]) - Math.max(a[0], b[0]);
  const height = Math.min(a[1] + a[3], b[1] + b[3]) - Math.max(a[1], b[1]);
  if (width <= 0 || height <= 0) return 0;
  const intersection = width * height;
  return intersection / (a[2] * a[3] + b[2] * b[3] - intersection);
}

/** Number of pixels that two masks of the same image share. */
function intersectionPx(a: readonly EncodedTile[], b: readonly EncodedTile[]): number {
  const tilesOfA = new Map(a.map((tile) => [tile.tileKey, tile.runs]));
  let shared = 0;
  for (const tile of b) {
    const runs = tilesOfA.get(tile.tileKey);
    if (runs !== undefined) shared += sharedBits(decodeTile(runs), decodeTile(tile.runs));
  }
  return shared;
}

function sharedBits(a: Uint32Array, b: Uint32Array): number {
  let bits = 0;
  for (let index = 0; index < a.length; index++) bits += popcount((a[index] ?? 0) & (b[index] ?? 0));
  return bits;
}
