// Labels the open image anew, live while a slider moves: from kept features, without the image encoder. While one run
// works, only the newest request waits.

import type { ImageId } from '#shared/annotation/records.ts';
import type { AnnotationsWire } from '#shared/contract/wire.ts';
import { readAnnotations } from './annotations.ts';
import { requireUsable } from './usable-image.ts';
import { prepareLabelling, type LabellingContext } from './labelling.ts';
import { LatestWins } from './latest-wins.ts';

export type RelabelResult = AnnotationsWire & {
  /** The image had no features and went through the encoder first. */
  encoded: boolean;
  elapsedMs: number;
};

export class Relabeller {
  readonly #runs = new LatestWins<RelabelResult>();

  /** @throws AppError `image/*`, `vocabulary/invalid`, `model/*` */
  relabel(
    context: LabellingContext,
    imageId: ImageId,
    thresholds: Readonly<Record<string, number>>,
  ): Promise<RelabelResult> {
    return this.#runs.run(String(imageId), () => relabelImage(context, imageId, thresholds));
  }
}

async function relabelImage(
  context: LabellingContext,
  imageId: ImageId,
  thresholds: Readonly<Record<string, number>>,
): Promise<RelabelResult> {
  const startedMs = performance.now();
  const { store } = context.project;
  const image = await requireUsable(context.project, imageId);
  const { features, labeller } = await prepareLabelling(context, thresholds);
  const encoded = await features.ensure(image);
  await labeller.label(image);
  return { ...readAnnotations(store, imageId), encoded, elapsedMs: performance.now() - startedMs };
}
