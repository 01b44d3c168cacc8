// Batch pre-labelling: decode ahead, encode, keep the features, segment, offer proposals. While one image is in the
// encoder the next two are being decoded and the one before is being segmented, so the encoder never waits.

import type { ImageId, ImageRecord } from '#shared/annotation/records.ts';
import { AppError, errorBodyOf } from '#shared/errors.ts';
import type { DenseFeatures, ModelInputImage } from '../workers/messages.ts';
import type { FeatureSource } from './dense-features.ts';
import type { JobHandle } from './jobs.ts';
import type { ImageLabeller } from './label-image.ts';

const DECODE_AHEAD = 2;

export interface PrelabelOptions {
  imageIds: readonly ImageId[];
  /** Index of the first image that an earlier run did not finish. */
  startIndex: number;
  features: FeatureSource;
  labeller: ImageLabeller;
  /** The record with its size; rejects with `image/*` when the image cannot be used. */
  image: (imageId: ImageId) => Promise<ImageRecord>;
  pathOf: (imageId: ImageId) => string;
  onLabelled: (imageId: ImageId, revision: number) => void;
}

/** A decoded image, features that were there already, or the reason why there is none. */
type Prepared = { decoded: ModelInputImage } | { cached: true } | { error: unknown };

/** Images that cannot be used are listed in the job and skipped; anything else ends the job with its reason. */
export async function runPrelabel(options: PrelabelOptions, handle: JobHandle): Promise<void> {
  const { imageIds, startIndex } = options;
  const prepared = new Map<number, Promise<Prepared>>();
  let finishing: Promise<void> = Promise.resolve();
  try {
    for (let index = startIndex; index < imageIds.length; index++) {
      await handle.checkpoint();
      for (let ahead = index; ahead <= Math.min(index + DECODE_AHEAD, imageIds.length - 1); ahead++) {
        if (!prepared.has(ahead)) prepared.set(ahead, prepare(options, imageIds[ahead] ?? -1));
      }
      const outcome = await encode(options, (await prepared.get(index)) ?? { cached: true }, handle);
      prepared.delete(index);
      // At most one image is being segmented while the next one is encoded.
      await finishing;
      finishing = finish(options, index, outcome, handle);
      // The rejection is seen by the await above or below; this keeps Node from reporting it in between.
      finishing.catch(() => undefined);
    }
    await finishing;
  } finally {
    await Promise.allSettled([...prepared.values(), finishing]);
  }
}

type Outcome = { features: DenseFeatures | null } | { error: unknown };

async function prepare(options: PrelabelOptions, imageId: ImageId): Promise<Prepared> {
  try {
    const image = await options.image(imageId);
    if (options.features.has(image)) return { cached: true };
    return { decoded: await options.features.decode(image) };
  } catch (error) {
    return { error };
  }
}

async function encode(options: PrelabelOptions, prepared: Prepared, handle: JobHandle): Promise<Outcome> {
  if ('error' in prepared) return prepared;
  if ('cached' in prepared) return { features: null };
  try {
    return { features: await options.features.encodeDecoded(prepared.decoded, handle.signal) };
  } catch (error) {
    if (!isAboutOneImage(error)) throw error;
    return { error };
  }
}

async function finish(
  options: PrelabelOptions,
  index: number,
  outcome: Outcome,
  handle: JobHandle,
): Promise<void> {
  const imageId = options.imageIds[index] ?? -1;
  try {
    if ('error' in outcome) throw outcome.error;
    const image = await options.image(imageId);
    if (outcome.features !== null) await options.features.save(image, outcome.features);
    const { revision } = await options.labeller.label(image);
    options.onLabelled(imageId, revision);
  } catch (error) {
    if (!isAboutOneImage(error)) throw error;
    handle.addFailure({ imageId, path: options.pathOf(imageId), message: errorBodyOf(error).message });
  }
  if (!handle.signal.aborted) handle.setDone(index + 1);
}

/** Errors that say something about this image alone; all others would hit the next image just the same. */
function isAboutOneImage(error: unknown): boolean {
  if (!(error instanceof AppError)) return false;
  return error.code.startsWith('image/') || error.code === 'process/exited';
}
