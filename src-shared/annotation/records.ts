// The document's records: plain JSON, the same in the database, on the wire and in the editor.
// Masks are not here (see mask/tile-mask.ts); a record carries only what is derived from its mask.

export type CategoryId = number;
export type ImageId = number;
/** Made by whoever creates the region (`crypto.randomUUID()`); never reused. */
export type RegionId = string;

export type CategoryKind = 'thing' | 'stuff';

/** A class of the vocabulary. */
export interface Category {
  id: CategoryId;
  name: string;
  /** `#rrggbb` */
  color: string;
  /** Synonyms sent to the text tower in place of `name`; empty means the name itself. */
  prompts: string[];
  /** Winning probability below which a pixel stays unlabelled, 0..1. */
  threshold: number;
  /** thing = one region per connected component, stuff = one region per image. */
  kind: CategoryKind;
  supercategory: string;
  /** Position in the vocabulary list, 0-based and dense. */
  order: number;
}

export const REVIEW_STATES = ['todo', 'in-progress', 'done', 'done-empty', 'skipped'] as const;
export type ReviewState = (typeof REVIEW_STATES)[number];

/** Sizes are those of the upright image: after the EXIF orientation was applied. */
export interface ImageRecord {
  id: ImageId;
  /** Relative to the project's image folder, `/` between parts, exactly as the file system spells it. */
  path: string;
  widthPx: number;
  heightPx: number;
  /** EXIF orientation of the stored file, 1..8. */
  orientation: number;
  format: string;
  bitDepth: number;
  channels: number;
  sizeBytes: number;
  modifiedMs: number;
  state: ReviewState;
  /** The file has gone from the folder; its annotations are kept until the user drops them. */
  isMissing: boolean;
  /** Why the image cannot be used, or null. */
  problem: { code: string; message: string } | null;
  regionCount: number;
  proposalCount: number;
  hasFeatures: boolean;
}

/** Where a region came from. `model-then-human` = a proposal that a human changed. */
export type RegionSource = 'model' | 'human' | 'model-then-human' | 'imported';

/** A proposal is offered by the model and may be replaced by a re-run; a region belongs to the user. */
export type RegionStatus = 'proposal' | 'region';

export interface ModelOrigin {
  model: string;
  method: string;
  prompt: string;
}

/** x, y of the top left pixel, width and height in pixels; [0,0,0,0] for an empty mask. */
export type PixelBox = readonly [x: number, y: number, width: number, height: number];

export interface RegionRecord {
  id: RegionId;
  imageId: ImageId;
  categoryId: CategoryId;
  status: RegionStatus;
  source: RegionSource;
  /** Mean winning probability inside the mask, 0..1; null for hand-drawn and imported regions. */
  score: number | null;
  origin: ModelOrigin | null;
  /** Drawing order within the image; larger lies on top. */
  zIndex: number;
  /** Number of mask pixels; always derived from the mask. */
  areaPx: number;
  /** Tight box of the mask; always derived from the mask. */
  box: PixelBox;
  isCrowd: boolean;
}
