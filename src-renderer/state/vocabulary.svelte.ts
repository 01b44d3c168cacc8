// Classes as the user edits them, and the live re-labelling of the open image that follows. While a slider moves, its
// value is an override that only the re-label request knows; the class itself is written once, at the end.

import type { Category, CategoryId, ImageId } from '#shared/annotation/records.ts';
import type { AnnotationsWire } from '#shared/contract/wire.ts';
import type { ApiClient, CategoryPatch } from './api-client.ts';
import { Coalescer } from './coalescer.ts';
import type { ProjectState } from './project.svelte.ts';

export interface VocabularyDeps {
  api: ApiClient;
  project: ProjectState;
  /** The open image if it may be labelled, else null. */
  openImageId: () => ImageId | null;
  onProposals: (annotations: AnnotationsWire) => void;
  onError: (error: unknown) => void;
  nextFrame: (run: () => void) => void;
}

export class VocabularyState {
  overrides: ReadonlyMap<CategoryId, number> = $state.raw(new Map<CategoryId, number>());
  isRelabelling = $state(false);
  /** Classes changed since the folder was last pre-labelled: other images still show proposals of before. */
  isFolderStale = $state(false);
  /** How long the last re-labelling took on the server. */
  lastRelabelMs: number | null = $state(null);
  readonly #deps: VocabularyDeps;
  readonly #relabelRuns: Coalescer;
  #isFrameDue = false;
  /** Counts changes of names, synonyms, kinds and thresholds; images labelled before the last one are labelled anew. */
  #version = 0;
  readonly #versionOfImage = new Map<ImageId, number>();

  constructor(deps: VocabularyDeps) {
    this.#deps = deps;
    this.#relabelRuns = new Coalescer(
      () => this.#relabelNow(),
      (error) => {
        this.isRelabelling = false;
        deps.onError(error);
      },
    );
  }

  thresholdOf(category: Category): number {
    return this.overrides.get(category.id) ?? category.threshold;
  }

  /** While the slider moves: at most one request a frame, and one under way. */
  dragThreshold(id: CategoryId, threshold: number): void {
    this.overrides = new Map(this.overrides).set(id, threshold);
    if (this.#isFrameDue) return;
    this.#isFrameDue = true;
    this.#deps.nextFrame(() => {
      this.#isFrameDue = false;
      this.relabel();
    });
  }

  async commitThreshold(id: CategoryId): Promise<void> {
    const threshold = this.overrides.get(id);
    if (threshold === undefined) return;
    await this.patch(id, { threshold });
    const overrides = new Map(this.overrides);
    if (overrides.get(id) === threshold) overrides.delete(id);
    this.overrides = overrides;
  }

  /** Adds classes from typed text; answers how many came to be. */
  async add(text: string): Promise<number> {
    const before = this.#deps.project.categories.length;
    const { categories } = await this.#deps.api.addCategories(text);
    this.#deps.project.setCategories(categories);
    this.changed();
    return categories.length - before;
  }

  async patch(id: CategoryId, patch: CategoryPatch): Promise<void> {
    const { categories } = await this.#deps.api.patchCategory(id, patch);
    this.#deps.project.setCategories(categories);
    if (changesLabels(patch)) this.changed();
  }

  async remove(id: CategoryId, reassignTo: CategoryId | 'drop'): Promise<void> {
    const { categories } = await this.#deps.api.deleteCategory(id, reassignTo);
    this.#deps.project.setCategories(categories);
    this.changed();
  }

  /** Something that decides about labels changed: the open image is labelled anew, others when they are opened. */
  changed(): void {
    this.#version += 1;
    this.isFolderStale = true;
    this.relabel();
  }

  /** Called when an image was opened; labels it if it has nothing yet or the classes changed since. */
  imageOpened(imageId: ImageId, hasAnnotations: boolean): void {
    const known = this.#versionOfImage.get(imageId);
    const isCurrent = known === undefined ? hasAnnotations && this.#version === 0 : known === this.#version;
    if (!isCurrent) this.relabel();
  }

  relabel = (): void => {
    if (this.#deps.openImageId() !== null && this.#deps.project.categories.length > 0)
      this.#relabelRuns.request();
  };

  async #relabelNow(): Promise<void> {
    const imageId = this.#deps.openImageId();
    if (imageId === null) return;
    const version = this.#version;
    this.isRelabelling = true;
    const thresholds = Object.fromEntries([...this.overrides].map(([id, value]) => [String(id), value]));
    const answer = await this.#deps.api.relabel(imageId, thresholds);
    this.lastRelabelMs = answer.elapsedMs;
    this.#versionOfImage.set(imageId, version);
    this.#deps.onProposals(answer);
    this.isRelabelling = false;
  }
}

function changesLabels(patch: CategoryPatch): boolean {
  return (
    patch.name !== undefined ||
    patch.prompts !== undefined ||
    patch.threshold !== undefined ||
    patch.kind !== undefined
  );
}
