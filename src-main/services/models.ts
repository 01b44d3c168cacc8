// Which checkpoints this user has, which one works, and on which provider. The list is one JSON file in the user's
// data folder; checkpoints stay where they are. The demo model of the program is always part of the list.

import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { z } from 'zod';
import { catalogSchema, modelSummarySchema } from '#shared/contract/wire.ts';
import { AppError } from '#shared/errors.ts';
import type { InferenceWorkerApi, ModelSummary, OpenModelResult, ProviderName } from '../workers/messages.ts';

type ProviderChoice = ProviderName | 'auto';

const registrySchema = z.object({ version: z.literal(1), models: z.array(modelSummarySchema) });

export interface ModelsOptions {
  /** Own data of the user: the list, graphs. */
  dataFolder: string;
  /** Folder of the model that ships with the program; may be missing in a stripped installation. */
  demoFolder: string;
  catalogFile: string;
  imageTower: InferenceWorkerApi;
  textTower: InferenceWorkerApi;
  onChange: () => void;
}

/** What the project asks for. */
export interface ModelChoice {
  /** Null = the demo model. */
  folder: string | null;
  provider: ProviderChoice;
}

export interface ProviderReport {
  name: ProviderName;
  reason: string;
}

export class Models {
  readonly #options: ModelsOptions;
  #installed: ModelSummary[];
  readonly #summaries = new Map<string, Promise<ModelSummary>>();
  #choice: ModelChoice = { folder: null, provider: 'auto' };
  #forced: ProviderReport | null = null;
  #imageOpening: Promise<OpenModelResult> | null = null;
  #textOpening: Promise<OpenModelResult> | null = null;
  #active: ModelSummary | null = null;
  #provider: ProviderReport | null = null;

  constructor(options: ModelsOptions) {
    this.#options = options;
    this.#installed = readRegistry(registryFile(options));
  }

  get active(): ModelSummary | null {
    return this.#active;
  }

  get provider(): ProviderReport | null {
    return this.#provider;
  }

  /** False once the CPU is certain: asked for, chosen by the self-test, or what is left after failures. */
  get mayRunOnGpu(): boolean {
    const name = this.#forced?.name ?? this.#provider?.name ?? this.#choice.provider;
    return name !== 'cpu';
  }

  /** Sets what the next use opens; nothing is loaded here. */
  choose(choice: ModelChoice): void {
    if (choice.folder === this.#choice.folder && choice.provider === this.#choice.provider) return;
    this.#choice = choice;
    this.#forced = null;
    this.#forgetOpened();
  }

  /** Opens the image tower of the chosen model once; later calls share the answer. */
  async openImageTower(): Promise<OpenModelResult> {
    this.#imageOpening ??= this.#open('image', this.#options.imageTower);
    const opening = this.#imageOpening;
    const result = await opening.catch((error: unknown) => {
      if (this.#imageOpening === opening) this.#imageOpening = null;
      throw error;
    });
    if (this.#imageOpening === opening) this.#setActive(result);
    return result;
  }

  async openTextTower(): Promise<OpenModelResult> {
    this.#textOpening ??= this.#open('text', this.#options.textTower);
    const opening = this.#textOpening;
    return opening.catch((error: unknown) => {
      if (this.#textOpening === opening) this.#textOpening = null;
      throw error;
    });
  }

  /** The chosen model from its files alone: read once, without loading it. @throws AppError `model/*` */
  async chosenModel(): Promise<ModelSummary> {
    return this.#active ?? this.#summaryOf(this.#chosenFolder());
  }

  /** The same, or null when there is no such model or it cannot be read. */
  async chosenModelOrNull(): Promise<ModelSummary | null> {
    return this.chosenModel().catch(() => null);
  }

  /** After the image process died again and again: go on with the CPU and say why. */
  fallBackToCpu(reason: string): void {
    this.#forced = { name: 'cpu', reason: `CPU, because WebGPU failed repeatedly: ${reason}` };
    this.#forgetOpened();
    this.#provider = this.#forced;
    this.#options.onChange();
  }

  async list(): Promise<ModelSummary[]> {
    const demo = await this.#demoSummary();
    return demo === null ? [...this.#installed] : [demo, ...this.#installed];
  }

  /**
   * Adds a checkpoint folder to the list after reading all of it; one that is already there is checked anew.
   * @throws AppError `model/*` with the reason
   */
  async import(folder: string): Promise<ModelSummary> {
    const model = await this.check(folder);
    this.#summaries.delete(model.folder);
    this.#installed = [...this.#installed.filter((known) => known.folder !== model.folder), model];
    this.#save();
    this.#options.onChange();
    return model;
  }

  /** Reads and checks every tensor without installing anything. */
  async check(folder: string): Promise<ModelSummary> {
    return this.#options.textTower.inspectModel({ folder: resolve(folder), checkValues: true });
  }

  /** @throws AppError `model/not-found` */
  async find(modelId: string): Promise<ModelSummary> {
    const model = (await this.list()).find((known) => known.modelId === modelId);
    if (model === undefined) throw new AppError('model/not-found', 'This model is not in the list any more.');
    return model;
  }

  /** Takes a model off the list; its files stay. */
  async remove(modelId: string): Promise<ModelSummary> {
    const model = await this.find(modelId);
    if (model.isDemo) throw new AppError('request/invalid', 'The demo model is part of the program.');
    this.#installed = this.#installed.filter((known) => known.modelId !== modelId);
    this.#save();
    this.#options.onChange();
    return model;
  }

  catalog(): z.infer<typeof catalogSchema> {
    return catalogSchema.parse(JSON.parse(readFileSync(this.#options.catalogFile, 'utf8')));
  }

  async #open(tower: 'image' | 'text', worker: InferenceWorkerApi): Promise<OpenModelResult> {
    const folder = this.#chosenFolder();
    this.#assertThere(folder);
    const provider = tower === 'text' ? 'cpu' : (this.#forced?.name ?? this.#choice.provider);
    const cacheFolder = join(this.#options.dataFolder, 'graphs');
    mkdirSync(cacheFolder, { recursive: true });
    return worker.openModel({ folder, cacheFolder, tower, provider });
  }

  #setActive(result: OpenModelResult): void {
    const isNew = this.#active?.modelId !== result.model.modelId || this.#provider?.name !== result.provider;
    this.#active = this.#withDemoFlag(result.model);
    this.#provider = this.#forced ?? { name: result.provider, reason: result.providerReason };
    if (isNew) this.#options.onChange();
  }

  #forgetOpened(): void {
    this.#imageOpening = null;
    this.#textOpening = null;
    this.#active = null;
    this.#provider = null;
  }

  #chosenFolder(): string {
    return this.#choice.folder ?? this.#options.demoFolder;
  }

  async #demoSummary(): Promise<ModelSummary | null> {
    const { demoFolder } = this.#options;
    return existsSync(join(demoFolder, 'model.safetensors')) ? this.#summaryOf(demoFolder) : null;
  }

  async #summaryOf(folder: string): Promise<ModelSummary> {
    this.#assertThere(folder);
    let reading = this.#summaries.get(folder);
    if (reading === undefined) {
      reading = this.#options.textTower.inspectModel({ folder, checkValues: false });
      this.#summaries.set(folder, reading);
      // A folder that cannot be read now may be repaired later.
      reading.catch(() => this.#summaries.delete(folder));
    }
    return this.#withDemoFlag(await reading);
  }

  #assertThere(folder: string): void {
    if (existsSync(folder)) return;
    throw new AppError(
      'model/not-found',
      `The model folder ${folder} is not there. Choose or import a model.`,
    );
  }

  #withDemoFlag(model: ModelSummary): ModelSummary {
    return model.folder === this.#options.demoFolder ? { ...model, isDemo: true } : model;
  }

  #save(): void {
    const file = registryFile(this.#options);
    mkdirSync(this.#options.dataFolder, { recursive: true });
    writeFileSync(`${file}.new`, `${JSON.stringify({ version: 1, models: this.#installed }, null, 2)}\n`);
    renameSync(`${file}.new`, file);
  }
}

function registryFile(options: ModelsOptions): string {
  return join(options.dataFolder, 'models.json');
}

/** A list that cannot be read starts empty: it holds no work, only places of folders. */
function readRegistry(file: string): ModelSummary[] {
  if (!existsSync(file)) return [];
  const parsed = registrySchema.safeParse(parseJsonOrNull(readFileSync(file, 'utf8')));
  return parsed.success ? parsed.data.models : [];
}

function parseJsonOrNull(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
