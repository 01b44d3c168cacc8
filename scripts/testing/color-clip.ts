// A stand-in for the model process in tests: it "recognises" colours. Patches are embedded as their mean colour and
// the words red, green, blue, … as theirs, so that masks can be foretold. Everything else of a test is real.

import { AppError } from '#shared/errors.ts';
import { planWindows } from '#main/inference/segment/windows.ts';
import type {
  DenseFeatures,
  InferenceWorkerApi,
  ModelInputImage,
  ModelSummary,
  WindowFeatures,
} from '#main/workers/messages.ts';

const PATCH_PX = 16;
const EMBEDDING_SIZE = 4;

const COLORS: Record<string, readonly [number, number, number]> = {
  red: [1, 0, 0],
  green: [0, 1, 0],
  blue: [0, 0, 1],
  yellow: [1, 1, 0],
  white: [1, 1, 1],
};

export interface ColorClip extends InferenceWorkerApi {
  /** How often each call was made. */
  readonly counts: { encodeImage: number; encodeNames: number; openModel: number };
  /** Called before each image is encoded; may throw or wait. */
  beforeEncode: () => void | Promise<void>;
}

export function createColorClip(): ColorClip {
  const counts = { encodeImage: 0, encodeNames: 0, openModel: 0 };
  const clip: ColorClip = {
    counts,
    beforeEncode: () => undefined,
    openModel({ folder }) {
      counts.openModel += 1;
      return Promise.resolve({
        model: summaryOf(folder),
        provider: 'cpu',
        providerReason: 'CPU, asked for.',
      });
    },
    async encodeImage({ image, window }, options) {
      counts.encodeImage += 1;
      await clip.beforeEncode();
      if (options?.signal?.aborted === true) throw new AppError('job/cancelled', 'cancelled');
      return embed(image, window.cropPx, window.stridePx);
    },
    encodeNames({ names }) {
      counts.encodeNames += 1;
      return Promise.resolve(Float32Array.from(names.flatMap((name) => wordVector(name))));
    },
    inspectModel: ({ folder }) => Promise.resolve(summaryOf(folder)),
  };
  return clip;
}

function summaryOf(folder: string): ModelSummary {
  return {
    modelId: 'c0'.repeat(8),
    name: 'color-clip',
    folder,
    embeddingSize: EMBEDDING_SIZE,
    patchPx: PATCH_PX,
    storedGrid: 14,
    imageWidth: 1,
    imageBlocks: 1,
    textWidth: 1,
    textBlocks: 1,
    activation: 'gelu',
    dtype: 'F32',
    isDemo: false,
  };
}

/** Unknown words lie in a direction of their own that no colour has. */
function wordVector(name: string): number[] {
  const color = COLORS[name.toLowerCase()];
  return color === undefined ? [0, 0, 0, 1] : unit([...color, 0]);
}

function embed(image: ModelInputImage, cropPx: number, stridePx: number): DenseFeatures {
  const windows = planWindows(image.widthPx, image.heightPx, cropPx, stridePx, PATCH_PX);
  const values = windows.flatMap((window) => windowRows(image, window));
  return {
    embeddingSize: EMBEDDING_SIZE,
    resizedWidthPx: image.widthPx,
    resizedHeightPx: image.heightPx,
    originalWidthPx: image.originalWidthPx,
    originalHeightPx: image.originalHeightPx,
    cropPx,
    windows,
    values: Float32Array.from(values),
  };
}

function windowRows(image: ModelInputImage, window: WindowFeatures): number[] {
  const rows: number[] = [];
  for (let row = 0; row < window.gridRows; row++) {
    for (let column = 0; column < window.gridColumns; column++) {
      const left = window.x0 - window.padLeft + column * PATCH_PX;
      const top = window.y0 - window.padTop + row * PATCH_PX;
      rows.push(...unit([...meanColor(image, left, top), 0.001]));
    }
  }
  return rows;
}

function meanColor(image: ModelInputImage, left: number, top: number): number[] {
  const sums = [0, 0, 0];
  for (let y = Math.max(0, top); y < Math.min(image.heightPx, top + PATCH_PX); y++) {
    for (let x = Math.max(0, left); x < Math.min(image.widthPx, left + PATCH_PX); x++) {
      const at = (y * image.widthPx + x) * 3;
      for (let channel = 0; channel < 3; channel++) {
        sums[channel] = (sums[channel] ?? 0) + (image.rgb[at + channel] ?? 0);
      }
    }
  }
  return sums.map((sum) => sum / (PATCH_PX * PATCH_PX * 255));
}

function unit(vector: number[]): number[] {
  const length = Math.hypot(...vector);
  return vector.map((value) => value / length);
}
