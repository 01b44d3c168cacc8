// The file that keeps an image's dense features: a checked header and float16 rows, so that changing names or
// thresholds never runs the image encoder again. A file that is not perfect counts as absent. Knows no project.
/// <reference lib="es2025.float16" />

import { open, readFile, rename, rm } from 'node:fs/promises';
import { crc32 } from 'node:zlib';
import type { DenseFeatures, WindowFeatures } from '#main/workers/messages.ts';

/** What the features were made from; a file whose origin differs from what is wanted is out of date. */
export interface FeatureOrigin {
  modelId: string;
  method: string;
  /** Size and modification time of the image file when it was encoded. */
  sourceSizeBytes: number;
  sourceModifiedMs: number;
}

export interface StoredFeatures {
  origin: FeatureOrigin;
  features: DenseFeatures;
}

interface FeatureHeader extends FeatureOrigin, Omit<DenseFeatures, 'values'> {
  version: number;
}

/*
 * Layout, little-endian: 8 bytes magic; uint32 header length; uint32 CRC-32 of everything after these 16 bytes;
 * header (JSON, UTF-8, blanks up to a multiple of 16); float16 rows of all windows.
 */
const MAGIC = 'CLFEATS1';
const PREFIX_BYTES = 16;
const VERSION = 1;
const MAX_HEADER_BYTES = 1 << 20;
const MAX_VALUES = 1 << 29;

/**
 * Stores features under `path`; readers see the old file or the whole new one. The folder must exist.
 *
 * @param features `values` float32, rows of all windows × embeddingSize; kept as float16 (relative error ≤ 2⁻¹¹)
 * @throws RangeError when the values do not fit the windows; file system errors as they are
 */
export async function writeFeatureFile(
  path: string,
  features: DenseFeatures,
  origin: FeatureOrigin,
): Promise<void> {
  const bytes = encodeFeatures(features, origin);
  const temporary = `${path}.${process.pid}-${Math.random().toString(36).slice(2)}.tmp`;
  try {
    const file = await open(temporary, 'wx');
    try {
      await file.writeFile(bytes);
    } finally {
      await file.close();
    }
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
}

/**
 * Reads a feature file.
 *
 * @returns the features with float32 values, or null when the file is missing, cut off, damaged, of another
 * version or inconsistent in any way
 */
export async function readFeatureFile(path: string): Promise<StoredFeatures | null> {
  let bytes: Buffer;
  try {
    bytes = await readFile(path);
  } catch {
    return null;
  }
  return decodeFeatures(bytes);
}

/** Reads only what a feature file was made from, without checking its rows; null as in `readFeatureFile`. */
export async function readFeatureOrigin(path: string): Promise<FeatureOrigin | null> {
  try {
    const file = await open(path, 'r');
    try {
      const prefix = Buffer.alloc(PREFIX_BYTES);
      await file.read(prefix, 0, PREFIX_BYTES, 0);
      const headerBytes = headerLength(prefix);
      if (headerBytes === null) return null;
      const text = Buffer.alloc(headerBytes);
      await file.read(text, 0, headerBytes, PREFIX_BYTES);
      const header = parseHeader(text);
      const { size } = await file.stat();
      if (header === null || size !== PREFIX_BYTES + headerBytes + valueCount(header) * 2) return null;
      return originOf(header);
    } finally {
      await file.close();
    }
  } catch {
    return null;
  }
}

/** The bytes of a feature file; see `writeFeatureFile`. */
export function encodeFeatures(features: DenseFeatures, origin: FeatureOrigin): Buffer {
  const { values, ...sizes } = features;
  const header: FeatureHeader = { version: VERSION, ...originOf(origin), ...sizes };
  if (values.length !== valueCount(header)) {
    throw new RangeError(`${values.length} feature values do not fill the windows (${valueCount(header)})`);
  }
  const json = Buffer.from(JSON.stringify(header));
  const headerBytes = Math.ceil(json.length / 16) * 16;
  const bytes = Buffer.alloc(PREFIX_BYTES + headerBytes + values.length * 2, ' ');
  bytes.write(MAGIC, 0, 'latin1');
  bytes.writeUInt32LE(headerBytes, 8);
  json.copy(bytes, PREFIX_BYTES);
  const halves = new Float16Array(values);
  bytes.set(new Uint8Array(halves.buffer), PREFIX_BYTES + headerBytes);
  bytes.writeUInt32LE(crc32(bytes.subarray(PREFIX_BYTES)), 12);
  return bytes;
}

/** The features in the bytes of a file, or null; see `readFeatureFile`. */
export function decodeFeatures(bytes: Buffer): StoredFeatures | null {
  const headerBytes = headerLength(bytes);
  if (headerBytes === null || bytes.length < PREFIX_BYTES + headerBytes) return null;
  if (crc32(bytes.subarray(PREFIX_BYTES)) !== bytes.readUInt32LE(12)) return null;
  const header = parseHeader(bytes.subarray(PREFIX_BYTES, PREFIX_BYTES + headerBytes));
  if (header === null) return null;
  const body = bytes.subarray(PREFIX_BYTES + headerBytes);
  if (body.length !== valueCount(header) * 2) return null;
  // Copied: a Buffer may start at an odd address of its pool.
  const values = new Float32Array(new Float16Array(Uint8Array.from(body).buffer));
  if (!values.every(Number.isFinite)) return null;
  return { origin: originOf(header), features: { ...geometryOf(header), values } };
}

function headerLength(prefix: Buffer): number | null {
  if (prefix.length < PREFIX_BYTES || prefix.toString('latin1', 0, 8) !== MAGIC) return null;
  const length = prefix.readUInt32LE(8);
  return length >= 16 && length % 16 === 0 && length <= MAX_HEADER_BYTES ? length : null;
}

function parseHeader(text: Buffer): FeatureHeader | null {
  let value: unknown;
  try {
    value = JSON.parse(text.toString('utf8'));
  } catch {
    return null;
  }
  return isHeader(value) && hasConsistentSizes(value) ? value : null;
}

function isHeader(value: unknown): value is FeatureHeader {
  if (typeof value !== 'object' || value === null) return false;
  const header = value as Partial<Record<keyof FeatureHeader, unknown>>;
  const sizes = [
    header.embeddingSize,
    header.resizedWidthPx,
    header.resizedHeightPx,
    header.originalWidthPx,
    header.originalHeightPx,
  ];
  return (
    header.version === VERSION &&
    typeof header.modelId === 'string' &&
    typeof header.method === 'string' &&
    isCount(header.sourceSizeBytes) &&
    typeof header.sourceModifiedMs === 'number' &&
    isCount(header.cropPx) &&
    sizes.every((size) => isCount(size) && size > 0) &&
    Array.isArray(header.windows) &&
    header.windows.length > 0 &&
    header.windows.every(isWindow)
  );
}

const WINDOW_FIELDS = [
  'x0',
  'y0',
  'x1',
  'y1',
  'padLeft',
  'padTop',
  'padRight',
  'padBottom',
  'gridRows',
  'gridColumns',
] as const satisfies readonly (keyof WindowFeatures)[];

function isWindow(value: unknown): value is WindowFeatures {
  if (typeof value !== 'object' || value === null) return false;
  const window = value as Partial<Record<keyof WindowFeatures, unknown>>;
  return WINDOW_FIELDS.every((field) => isCount(window[field]));
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}

function hasConsistentSizes(header: FeatureHeader): boolean {
  const { resizedWidthPx, resizedHeightPx, windows, cropPx } = header;
  if (cropPx === 0 && windows.length !== 1) return false;
  const fits = windows.every(
    (window) =>
      window.x0 < window.x1 &&
      window.x1 <= resizedWidthPx &&
      window.y0 < window.y1 &&
      window.y1 <= resizedHeightPx &&
      window.gridRows > 0 &&
      window.gridColumns > 0,
  );
  return fits && valueCount(header) <= MAX_VALUES && (cropPx === 0 || hasCommonPatch(windows));
}

/** All windows of a sliding plan count the same square patches, whole ones. */
function hasCommonPatch(windows: readonly WindowFeatures[]): boolean {
  const first = windows[0]!;
  const patchPx = (first.x1 - first.x0 + first.padLeft + first.padRight) / first.gridColumns;
  return windows.every(
    (window) =>
      window.gridColumns * patchPx === window.x1 - window.x0 + window.padLeft + window.padRight &&
      window.gridRows * patchPx === window.y1 - window.y0 + window.padTop + window.padBottom,
  );
}

function valueCount(header: Pick<FeatureHeader, 'windows' | 'embeddingSize'>): number {
  const patches = header.windows.reduce((sum, window) => sum + window.gridRows * window.gridColumns, 0);
  return patches * header.embeddingSize;
}

function originOf(origin: FeatureOrigin): FeatureOrigin {
  const { modelId, method, sourceSizeBytes, sourceModifiedMs } = origin;
  return { modelId, method, sourceSizeBytes, sourceModifiedMs };
}

function geometryOf(header: FeatureHeader): Omit<DenseFeatures, 'values'> {
  const { embeddingSize, resizedWidthPx, resizedHeightPx, originalWidthPx, originalHeightPx } = header;
  const { cropPx, windows } = header;
  return {
    embeddingSize,
    resizedWidthPx,
    resizedHeightPx,
    originalWidthPx,
    originalHeightPx,
    cropPx,
    windows,
  };
}
