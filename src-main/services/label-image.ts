// From cached features to proposals of one image. Owns the order: segment in the worker, then one transaction.

import type { ImageRecord } from '#shared/annotation/records.ts';
import type { ProjectSettings } from '#shared/contract/wire.ts';
import type { NewProposal, ReplaceResult } from '../store/proposal-repository.ts';
import type { Store } from '../store/store.ts';
import type { SegmentResult, SegmentWorkerApi } from '../workers/messages.ts';
import { LOGIT_SCALE, type Query } from './query.ts';

export interface LabellerOptions {
  store: Store;
  settings: ProjectSettings;
  modelName: string;
  query: Query;
  segment: SegmentWorkerApi;
  fileOf: (image: ImageRecord) => string;
}

export class ImageLabeller {
  readonly #options: LabellerOptions;

  constructor(options: LabellerOptions) {
    this.#options = options;
  }

  /** Replaces the proposals of an image; its features must be on disk. @throws AppError */
  async label(image: ImageRecord): Promise<ReplaceResult> {
    const { query, segment, settings, fileOf, store } = this.#options;
    const result = await segment.segment({
      featureFile: fileOf(image),
      classes: query.classes,
      textFeatures: query.textFeatures,
      logitScale: LOGIT_SCALE,
      minAreaPx: settings.minAreaPx,
    });
    const known = new Set(store.categories.list().map((category) => category.id));
    // A class may have been removed while the worker was busy.
    const proposals = this.#proposals(result).filter((proposal) => known.has(proposal.categoryId));
    return store.proposals.replaceProposals(image.id, proposals);
  }

  #proposals(result: SegmentResult): NewProposal[] {
    const { modelName, settings, query } = this.#options;
    return result.regions.map((region) => ({
      categoryId: region.categoryId,
      score: region.score,
      origin: { model: modelName, method: settings.method, prompt: query.words[region.queryIndex] ?? '' },
      areaPx: region.areaPx,
      box: region.box,
      tiles: region.tiles,
    }));
  }
}
