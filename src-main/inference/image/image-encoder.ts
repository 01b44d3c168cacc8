// Picture → dense features: windows, batches, trunk and head sessions, positions for each grid. One object owns
// the sessions of one checkpoint on one provider.

import type {
  DenseFeatures,
  MethodName,
  ModelInputImage,
  ProviderName,
  WindowFeatures,
  WindowRule,
} from '#main/workers/messages.ts';
import { AppError } from '#shared/errors.ts';
import type { ClipWeights } from '../checkpoint/clip-weights.ts';
import { readTensorValues } from '../checkpoint/tensor-values.ts';
import { HEAD_EMBEDDINGS, HEAD_TOKENS } from '../graph/heads/head.ts';
import { methodHeadGraph } from '../graph/heads/methods.ts';
import { positionsForGrid, type PositionTable } from '../graph/position-embedding.ts';
import { TRUNK_PIXELS, TRUNK_POSITIONS, TRUNK_TOKENS, trunkGraph } from '../graph/trunk.ts';
import { createGraphSession, type GraphSession } from '../runtime/ort.ts';
import { planWindows } from '../segment/windows.ts';
import { planWindowBatches } from './window-batches.ts';
import { inputSizeOf, writeWindowPixels } from './window-pixels.ts';

/** Patches of one run: two windows of 448, eight of 224. More gains nothing on a CPU and costs memory. */
const BATCH_TOKENS = 1600;

/** Grids whose positions are kept; whole pictures of many shapes would otherwise pile up. */
const CACHED_GRIDS = 8;

export class ImageEncoder {
  readonly #weights: ClipWeights;
  readonly #provider: ProviderName;
  readonly #trunk: GraphSession;
  readonly #table: PositionTable;
  readonly #heads = new Map<MethodName, GraphSession>();
  readonly #positions = new Map<string, Float32Array>();

  private constructor(
    weights: ClipWeights,
    provider: ProviderName,
    trunk: GraphSession,
    table: PositionTable,
  ) {
    this.#weights = weights;
    this.#provider = provider;
    this.#trunk = trunk;
    this.#table = table;
  }

  /** Loads the trunk; heads are loaded when a method is first used. */
  static async create(weights: ClipWeights, provider: ProviderName): Promise<ImageEncoder> {
    const { storedGrid, width, positions } = weights.image;
    const table = { values: await readTensorValues(positions), storedGrid, width };
    const trunk = await createGraphSession(trunkGraph(weights.image), provider);
    return new ImageEncoder(weights, provider, trunk, table);
  }

  /** Encodes a resized picture window by window. Progress counts windows. */
  async encodeImage(
    image: ModelInputImage,
    method: MethodName,
    rule: WindowRule,
    onProgress?: (fraction: number) => void,
  ): Promise<DenseFeatures> {
    const { patchPx } = this.#weights.image;
    const { embeddingSize } = this.#weights;
    requireMatchingBytes(image);
    const windows = planWindows(image.widthPx, image.heightPx, rule.cropPx, rule.stridePx, patchPx);
    const patchCount = windows.reduce((sum, window) => sum + window.gridRows * window.gridColumns, 0);
    const values = new Float32Array(patchCount * embeddingSize);
    let offset = 0;
    let doneCount = 0;
    for (const batch of planWindowBatches(windows, BATCH_TOKENS)) {
      const embeddings = await this.#encodeBatch(image, batch, method);
      values.set(embeddings, offset);
      offset += embeddings.length;
      doneCount += batch.length;
      onProgress?.(doneCount / windows.length);
    }
    return {
      embeddingSize,
      resizedWidthPx: image.widthPx,
      resizedHeightPx: image.heightPx,
      originalWidthPx: image.originalWidthPx,
      originalHeightPx: image.originalHeightPx,
      cropPx: rule.cropPx,
      windows,
      values,
    };
  }

  /**
   * Runs trunk and head on prepared pixels.
   * @param pixels float32 [count, 3, rows · patch, columns · patch], normalised
   * @returns float32 [count, rows · columns, embeddingSize], unit rows
   */
  async encodePixels(
    pixels: Float32Array,
    count: number,
    grid: { rows: number; columns: number },
    method: MethodName,
  ): Promise<Float32Array> {
    const { patchPx, width } = this.#weights.image;
    const head = await this.#head(method);
    const trunkOutputs = await this.#trunk.run({
      [TRUNK_PIXELS]: { data: pixels, dims: [count, 3, grid.rows * patchPx, grid.columns * patchPx] },
      [TRUNK_POSITIONS]: {
        data: this.#gridPositions(grid.rows, grid.columns),
        dims: [1 + grid.rows * grid.columns, width],
      },
    });
    const tokens = trunkOutputs[TRUNK_TOKENS];
    if (tokens === undefined) throw new Error('the trunk graph gave no tokens');
    const headOutputs = await head.run({ [HEAD_TOKENS]: tokens });
    const embeddings = headOutputs[HEAD_EMBEDDINGS]?.data ?? new Float32Array();
    requireFinite(embeddings);
    return embeddings;
  }

  async dispose(): Promise<void> {
    for (const session of [this.#trunk, ...this.#heads.values()]) await session.dispose();
  }

  async #encodeBatch(
    image: ModelInputImage,
    batch: readonly WindowFeatures[],
    method: MethodName,
  ): Promise<Float32Array> {
    const first = batch[0];
    if (first === undefined) throw new Error('a batch holds at least one window');
    const { patchPx } = this.#weights.image;
    const { widthPx, heightPx } = inputSizeOf(first, patchPx);
    const pixels = new Float32Array(batch.length * 3 * widthPx * heightPx);
    for (const [index, window] of batch.entries()) {
      const start = index * 3 * widthPx * heightPx;
      writeWindowPixels(image, window, patchPx, pixels.subarray(start, start + 3 * widthPx * heightPx));
    }
    const grid = { rows: first.gridRows, columns: first.gridColumns };
    return this.encodePixels(pixels, batch.length, grid, method);
  }

  async #head(method: MethodName): Promise<GraphSession> {
    const known = this.#heads.get(method);
    if (known !== undefined) return known;
    const session = await createGraphSession(methodHeadGraph(method, this.#weights.image), this.#provider);
    this.#heads.set(method, session);
    return session;
  }

  #gridPositions(rows: number, columns: number): Float32Array {
    const key = `${rows}x${columns}`;
    const positions = this.#positions.get(key) ?? positionsForGrid(this.#table, rows, columns);
    this.#positions.delete(key);
    this.#positions.set(key, positions);
    const [oldest] = this.#positions.keys();
    if (this.#positions.size > CACHED_GRIDS && oldest !== undefined) this.#positions.delete(oldest);
    return positions;
  }
}

function requireMatchingBytes(image: ModelInputImage): void {
  const expected = image.widthPx * image.heightPx * 3;
  if (image.rgb.length === expected) return;
  throw new Error(
    `${image.widthPx} × ${image.heightPx} RGB needs ${expected} bytes, got ${image.rgb.length}`,
  );
}

function requireFinite(values: Float32Array): void {
  if (values.every(Number.isFinite)) return;
  throw new AppError(
    'model/not-finite',
    'The image tower answered with values that are not numbers: the checkpoint holds damaged weights. Get it again.',
  );
}
