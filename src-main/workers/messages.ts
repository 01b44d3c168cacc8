// What the worker processes can be asked. Plain structured-clone data only: these types are the seam
// between the services and the imaging, inference and segmentation workers. No code here.

import type { PixelBox } from '#shared/annotation/records.ts';

/** Options of every worker call. `onProgress` gets values 0..1. */
export interface CallOptions {
  signal?: AbortSignal;
  onProgress?: (fraction: number) => void;
}

// ---------------------------------------------------------------- imaging (sharp, own child process)

export interface ImageProbe {
  /** Upright size, after EXIF orientation. */
  widthPx: number;
  heightPx: number;
  orientation: number;
  format: string;
  bitDepth: number;
  channels: number;
}

/** How the model's input is sized, in whole pixels; see methods.md 1.3 (1): f = min(long/max, short/min), int(x*f + 0.5). */
export interface ResizeRule {
  shortSidePx: number;
  longSideMaxPx: number;
}

export interface ModelInputImage {
  /** Size of the resized picture. */
  widthPx: number;
  heightPx: number;
  /** 8-bit RGB, row-major, resized with OpenCV's fixed-point bilinear rule. */
  rgb: Uint8Array;
  /** Upright size of the file. */
  originalWidthPx: number;
  originalHeightPx: number;
}

export interface EncodedPicture {
  bytes: Uint8Array;
  mimeType: string;
  widthPx: number;
  heightPx: number;
}

export interface ImagingWorkerApi {
  /** Header only; throws `image/*` errors with the reason. */
  probe(request: { path: string }): Promise<ImageProbe>;
  decodeForModel(request: { path: string; resize: ResizeRule }): Promise<ModelInputImage>;
  /** Whole upright image as 8-bit RGB at full size (export overlays, tests). */
  decodeRgb(request: { path: string }): Promise<{ widthPx: number; heightPx: number; rgb: Uint8Array }>;
  thumbnail(request: { path: string; maxSidePx: number }): Promise<EncodedPicture>;
  /** Upright picture that a browser can decode, shrunk only where width × height exceeds `maxPixels`. */
  display(request: { path: string; maxPixels: number }): Promise<EncodedPicture>;
  /** Encodes RGB pixels (overlay pictures). */
  encode(request: {
    rgb: Uint8Array;
    widthPx: number;
    heightPx: number;
    format: 'png' | 'jpeg' | 'webp';
  }): Promise<EncodedPicture>;
  /** 8-bit single-channel PNG of label indices (evaluate, tests). */
  decodeLabels(request: { path: string }): Promise<{ widthPx: number; heightPx: number; labels: Uint8Array }>;
}

// ---------------------------------------------------------------- inference (onnxruntime-node, own child process)

export type MethodName = 'clearclip' | 'clip' | 'maskclip';
export type ProviderName = 'cpu' | 'webgpu';

export interface ModelSummary {
  /** SHA-256 based id of the checkpoint's tensor table, file sizes and samples of the weights; names caches. */
  modelId: string;
  name: string;
  folder: string;
  embeddingSize: number;
  patchPx: number;
  storedGrid: number;
  imageWidth: number;
  imageBlocks: number;
  textWidth: number;
  textBlocks: number;
  activation: 'quick_gelu' | 'gelu';
  dtype: string;
  isDemo: boolean;
}

export interface OpenModelResult {
  model: ModelSummary;
  provider: ProviderName;
  /** Why this provider, one sentence for the status bar. */
  providerReason: string;
}

/** Sliding windows (crop > 0) or the whole resized picture in one pass (crop = 0); methods.md 1.3 and 1.9 (12). */
export interface WindowRule {
  cropPx: number;
  stridePx: number;
}

/** Dense features of one window: unit rows, row-major patches. */
export interface WindowFeatures {
  /** Window in the resized picture, before padding. */
  x0: number;
  y0: number;
  x1: number;
  y1: number;
  /** Zero padding (in normalised space) of each side, pixels. */
  padLeft: number;
  padTop: number;
  padRight: number;
  padBottom: number;
  gridRows: number;
  gridColumns: number;
}

export interface DenseFeatures {
  embeddingSize: number;
  resizedWidthPx: number;
  resizedHeightPx: number;
  originalWidthPx: number;
  originalHeightPx: number;
  cropPx: number;
  windows: WindowFeatures[];
  /** float32 rows of all windows, one after another: sum(gridRows*gridColumns) × embeddingSize. */
  values: Float32Array;
}

export interface InferenceWorkerApi {
  /** Builds the graphs in memory (nothing is written into `folder`), creates sessions, runs the self-test. `tower` keeps the two processes apart. */
  openModel(request: {
    folder: string;
    cacheFolder: string;
    tower: 'image' | 'text';
    provider: ProviderName | 'auto';
  }): Promise<OpenModelResult>;
  encodeImage(
    request: { image: ModelInputImage; method: MethodName; window: WindowRule },
    options?: CallOptions,
  ): Promise<DenseFeatures>;
  /** One L2-normalised vector per name: mean over the templates, each normalised first. float32 names × E. */
  encodeNames(
    request: { names: string[]; templates: string[] },
    options?: CallOptions,
  ): Promise<Float32Array>;
  /** Reads and checks a checkpoint folder without creating a session (`model check`, import). */
  inspectModel(request: { folder: string; checkValues: boolean }): Promise<ModelSummary>;
}

// ---------------------------------------------------------------- segmentation (pure TypeScript, worker thread)

/** One class as the label map sees it. Queries of a class are consecutive rows of `textFeatures`. */
export interface QueryClass {
  categoryId: number;
  queryCount: number;
  threshold: number;
  kind: 'thing' | 'stuff';
}

export interface SegmentRequest {
  /** Path of a cached feature file (see inference/segment/feature-file.ts) … */
  featureFile: string;
  classes: QueryClass[];
  /** float32, sum(queryCount) × E, unit rows. */
  textFeatures: Float32Array;
  logitScale: number;
  /** Components smaller than this many pixels are dropped. */
  minAreaPx: number;
}

export interface SegmentedRegion {
  categoryId: number;
  /** Index into the rows of `textFeatures`: the query that won most pixels. */
  queryIndex: number;
  /** Mean winning probability inside the mask. */
  score: number;
  areaPx: number;
  box: PixelBox;
  /** Encoded 256 × 256 tiles (mask/tile-codec.ts). */
  tiles: { tileKey: number; runs: Uint8Array }[];
}

export interface SegmentResult {
  widthPx: number;
  heightPx: number;
  regions: SegmentedRegion[];
}

export interface SegmentWorkerApi {
  segment(request: SegmentRequest, options?: CallOptions): Promise<SegmentResult>;
}
