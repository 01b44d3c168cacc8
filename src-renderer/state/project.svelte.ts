// The open project as the server describes it: settings, classes, counts. Written only by what the server answers.

import type { Category } from '#shared/annotation/records.ts';
import type { ProjectSettings, ProjectWire } from '#shared/contract/wire.ts';
import { AppError } from '#shared/errors.ts';
import type { ApiClient } from './api-client.ts';

export class ProjectState {
  wire: ProjectWire | null = $state.raw(null);
  categories: readonly Category[] = $state.raw([]);
  /** False until the first answer: nothing is known yet. */
  isLoaded = $state(false);
  readonly byId = $derived(new Map(this.categories.map((category) => [category.id, category])));
  readonly reviewedCount = $derived(reviewedCountOf(this.wire));
  readonly #api: ApiClient;

  constructor(api: ApiClient) {
    this.#api = api;
  }

  /** Answers false when no project is open. */
  async refresh(): Promise<boolean> {
    try {
      this.wire = await this.#api.project();
      this.setCategories(this.wire.categories);
    } catch (error) {
      if (!(error instanceof AppError && error.code === 'project/not-open')) throw error;
      this.wire = null;
      this.categories = [];
    }
    this.isLoaded = true;
    return this.wire !== null;
  }

  setCategories(categories: readonly Category[]): void {
    this.categories = [...categories].sort((left, right) => left.order - right.order);
  }

  async patchSettings(patch: Partial<ProjectSettings>): Promise<void> {
    await this.#api.patchSettings(patch);
    await this.refresh();
  }

  countsOf(categoryId: number): { regions: number; proposals: number } {
    return this.wire?.categoryCounts[String(categoryId)] ?? { regions: 0, proposals: 0 };
  }
}

function reviewedCountOf(wire: ProjectWire | null): number {
  if (wire === null) return 0;
  const { stateCounts } = wire;
  return stateCounts.done + stateCounts['done-empty'] + stateCounts.skipped;
}
