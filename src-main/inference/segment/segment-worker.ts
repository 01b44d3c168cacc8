// The segmentation worker: stored features and a vocabulary in, regions out. Keeps the features of the images
// looked at last. Knows no model and no project.

import { AppError } from '#shared/errors.ts';
import type { SegmentWorkerApi } from '#main/workers/messages.ts';
import { FeatureCache } from './feature-cache.ts';
import { segmentFeatures } from './segment-features.ts';

const CACHE_BYTES = 64 * 1024 * 1024;

/**
 * Handlers of the segmentation worker. `segment` throws AppError `request/not-found` when the feature file is
 * missing or damaged (encode the image again), `request/invalid` when the text features do not fit.
 */
export function createSegmentWorker(): SegmentWorkerApi {
  const cache = new FeatureCache(CACHE_BYTES);
  return {
    async segment(request) {
      const features = await cache.read(request.featureFile);
      if (features === null) {
        throw new AppError(
          'request/not-found',
          'The stored features of this image are missing or damaged. Encode the image again.',
          { details: { featureFile: request.featureFile } },
        );
      }
      return segmentFeatures(features, request);
    },
  };
}
