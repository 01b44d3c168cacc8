// Dense features + vocabulary → regions: the whole re-query in one pure function.

import { AppError } from '#shared/errors.ts';
import type { DenseFeatures, QueryClass, SegmentRequest, SegmentResult } from '#main/workers/messages.ts';
import { patchCosines } from './cosines.ts';
import { buildCosineLattice } from './cosine-lattice.ts';
import { labelMapOf } from './label-map.ts';
import { thresholdRules } from './label-rules.ts';
import { PixelSampler } from './pixel-sampler.ts';
import { regionsOf } from './regions.ts';

export type Vocabulary = Omit<SegmentRequest, 'featureFile'>;

/**
 * Segments an image by names (ClearCLIP's protocol, methods of the product for thresholds: a pixel whose winner is
 * below the threshold of its class stays unlabelled).
 *
 * @throws AppError `request/invalid` when the text features do not fit the classes or the model
 */
export function segmentFeatures(features: DenseFeatures, vocabulary: Vocabulary): SegmentResult {
  const { classes, textFeatures, logitScale, minAreaPx } = vocabulary;
  const { originalWidthPx: widthPx, originalHeightPx: heightPx, embeddingSize } = features;
  const queryClass = queryClasses(classes);
  if (textFeatures.length !== queryClass.length * embeddingSize) {
    throw new AppError(
      'request/invalid',
      'The class names were encoded by another model than this image. Encode them again.',
      { details: { embeddingSize, queries: queryClass.length, values: textFeatures.length } },
    );
  }
  if (queryClass.length === 0) return { widthPx, heightPx, regions: [] };
  const planes = patchCosines(features.values, textFeatures, embeddingSize);
  const lattice = buildCosineLattice(features, planes, queryClass.length);
  const thresholds = classes.map((entry) => entry.threshold);
  const runs = labelMapOf(lattice, thresholdRules(queryClass, thresholds, logitScale));
  const sampler = new PixelSampler(lattice, logitScale);
  return { widthPx, heightPx, regions: regionsOf(runs, classes, queryClass, sampler, minAreaPx) };
}

/** Class index of each query. */
export function queryClasses(classes: readonly Pick<QueryClass, 'queryCount'>[]): Uint16Array {
  return Uint16Array.from(classes.flatMap((entry, index) => new Array<number>(entry.queryCount).fill(index)));
}
