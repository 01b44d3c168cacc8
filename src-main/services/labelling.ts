// Ties one model, one method and one vocabulary together for a run over images: what a batch and a re-label of the
// open image have in common.

import type { ImageRecord } from '#shared/annotation/records.ts';
import type { ProjectSettings } from '#shared/contract/wire.ts';
import type { AppWorkers } from '../workers/app-workers.ts';
import { FeatureSource } from './dense-features.ts';
import { ImageLabeller } from './label-image.ts';
import type { Models } from './models.ts';
import type { OpenProject } from './project.ts';
import { featureKeyOf, prepareQuery } from './query.ts';

export interface LabellingContext {
  project: OpenProject;
  models: Models;
  workers: Pick<AppWorkers, 'imaging' | 'imageTower' | 'textTower' | 'segment'>;
}

export interface Labelling {
  features: FeatureSource;
  labeller: ImageLabeller;
}

/**
 * @param thresholds unsaved slider values by category id as text
 * @throws AppError `vocabulary/invalid`, `model/*`
 */
export async function prepareLabelling(
  context: LabellingContext,
  thresholds: Readonly<Record<string, number>> = {},
): Promise<Labelling> {
  const { project, models, workers } = context;
  const { store } = project;
  const settings = store.settings.settings();
  const model = await models.chosenModel();
  const query = await prepareQuery(
    { store, models, textTower: workers.textTower },
    model.modelId,
    thresholds,
  );
  const features = createFeatureSource(context, settings, model.modelId);
  const labeller = new ImageLabeller({
    store,
    settings,
    modelName: model.name,
    query,
    segment: workers.segment,
    fileOf: (image: ImageRecord) => features.fileOf(image),
  });
  return { features, labeller };
}

function createFeatureSource(
  { project, models, workers }: LabellingContext,
  settings: ProjectSettings,
  modelId: string,
): FeatureSource {
  const key = featureKeyOf(settings, modelId);
  project.store.images.setFeatureKey(key);
  return new FeatureSource({
    project,
    settings,
    key,
    models,
    imaging: workers.imaging,
    imageTower: workers.imageTower,
  });
}
