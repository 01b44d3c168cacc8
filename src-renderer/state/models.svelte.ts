// Installed models, the one in use, the provider that runs it, and the catalog of published checkpoints.

import type { ApiClient, CatalogModel, Models } from './api-client.ts';

export class ModelsState {
  wire: Models = $state.raw({ active: null, installed: [], provider: null });
  catalog: readonly CatalogModel[] = $state.raw([]);
  readonly isDemo = $derived(this.wire.active?.isDemo === true);
  readonly #api: ApiClient;

  constructor(api: ApiClient) {
    this.#api = api;
  }

  async refresh(): Promise<void> {
    this.wire = await this.#api.models();
  }

  async loadCatalog(): Promise<void> {
    if (this.catalog.length === 0) this.catalog = (await this.#api.catalog()).models;
  }

  async importFolder(folder: string): Promise<void> {
    await this.#api.importModel(folder);
    await this.refresh();
  }

  async activate(modelId: string): Promise<void> {
    await this.#api.activateModel(modelId);
    await this.refresh();
  }

  async remove(modelId: string): Promise<void> {
    await this.#api.removeModel(modelId);
    await this.refresh();
  }
}
