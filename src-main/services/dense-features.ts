// Dense features of images for one model, method and protocol: whether they lie on disk, and making them if not.
// Knows nothing of classes; asking with other words never comes here.

import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { ImageId, ImageRecord } from '#shared/annotation/records.ts';
import type { ProjectSettings } from '#shared/contract/wire.ts';
import { AppError } from '#shared/errors.ts';
import { writeFeatureFile } from '../inference/segment/feature-file.ts';
import type { FeatureKey } from '../store/image-repository.ts';
import type {
  DenseFeatures,
  ImagingWorkerApi,
  InferenceWorkerApi,
  ModelInputImage,
} from '../workers/messages.ts';
import { explainFileError } from './file-errors.ts';
import type { Models } from './models.ts';
import { featureFilePath, type OpenProject } from './project.ts';
import { RESIZE_RULE, windowRule } from './query.ts';

export interface FeatureSourceOptions {
  project: OpenProject;
  settings: ProjectSettings;
  key: FeatureKey;
  models: Models;
  imaging: ImagingWorkerApi;
  imageTower: InferenceWorkerApi;
}

const TRIES_ON_CPU = 2;
/** Three failures open the breaker and lead to the CPU. */
const MAX_TRIES = 6;

export class FeatureSource {
  readonly #options: FeatureSourceOptions;
  readonly #making = new Map<ImageId, Promise<void>>();

  constructor(options: FeatureSourceOptions) {
    this.#options = options;
  }

  get key(): FeatureKey {
    return this.#options.key;
  }

  fileOf(image: ImageRecord): string {
    return featureFilePath(this.#options.project, this.key, image.id);
  }

  /** True when features of the present state of the image file lie on disk. */
  has(image: ImageRecord): boolean {
    return this.#options.project.store.features.has(image.id, this.key) && existsSync(this.fileOf(image));
  }

  /** Makes the features if they are missing. @returns whether the image encoder ran */
  async ensure(image: ImageRecord): Promise<boolean> {
    if (this.has(image)) return false;
    let making = this.#making.get(image.id);
    if (making === undefined) {
      making = this.#make(image).finally(() => this.#making.delete(image.id));
      this.#making.set(image.id, making);
    }
    await making;
    return true;
  }

  /** Forgets a feature file that cannot be read, so that it is made anew. */
  forget(image: ImageRecord): void {
    this.#options.project.store.features.remove(image.id, this.key);
  }

  /** @throws AppError `image/*` */
  async decode(image: ImageRecord): Promise<ModelInputImage> {
    const { project, imaging } = this.#options;
    try {
      return await imaging.decodeForModel({ path: project.pathOf(image), resize: RESIZE_RULE });
    } catch (error) {
      project.access.reportFailure(image.id, error);
      throw error;
    }
  }

  /**
   * Runs the image encoder. A process that died is given one more try; with WebGPU as many as it takes to give the
   * graphics card up, and then one on the CPU, so that no image is lost to a broken driver.
   */
  async encodeDecoded(decoded: ModelInputImage, signal?: AbortSignal): Promise<DenseFeatures> {
    let triesOnCpu = 0;
    for (let attempt = 1; ; attempt++) {
      if (!this.#options.models.mayRunOnGpu) triesOnCpu += 1;
      try {
        return await this.#encodeOnce(decoded, signal);
      } catch (error) {
        const isOver = triesOnCpu >= TRIES_ON_CPU || attempt >= MAX_TRIES || signal?.aborted === true;
        if (isOver || !isProcessFailure(error)) throw error;
      }
    }
  }

  /** Writes the features and records that they are there. @throws AppError `project/disk-full`, `project/read-only` */
  async save(image: ImageRecord, features: DenseFeatures): Promise<void> {
    const origin = {
      modelId: this.key.modelId,
      method: this.key.method,
      sourceSizeBytes: image.sizeBytes,
      sourceModifiedMs: image.modifiedMs,
    };
    const file = this.fileOf(image);
    const write = async (): Promise<void> => {
      await mkdir(dirname(file), { recursive: true });
      await writeFeatureFile(file, features, origin);
    };
    await write().catch((error: unknown) => {
      throw explainFileError(error, 'The features of an image could not be kept.');
    });
    this.#options.project.store.features.add(image.id, this.key);
  }

  async #make(image: ImageRecord): Promise<void> {
    const decoded = await this.decode(image);
    await this.save(image, await this.encodeDecoded(decoded));
  }

  async #encodeOnce(decoded: ModelInputImage, signal?: AbortSignal): Promise<DenseFeatures> {
    const { models, imageTower, settings } = this.#options;
    await models.openImageTower();
    const request = { image: decoded, method: settings.method, window: windowRule(settings) };
    return imageTower.encodeImage(request, signal === undefined ? {} : { signal });
  }
}

function isProcessFailure(error: unknown): boolean {
  return error instanceof AppError && error.code.startsWith('process/');
}
