// The editor as reactive values: a raw copy of its snapshot and what the panels derive from it. Panels read here and
// send commands; the editor stays free of Svelte.

import type { CategoryId, RegionRecord } from '#shared/annotation/records.ts';
import type { Editor } from '../editor/editor.ts';
import type { EditorCommand, EditorSnapshot } from '../editor/editor-types.ts';

export interface CategoryCounts {
  regions: number;
  proposals: number;
}

export class EditorView {
  readonly editor: Editor;
  snapshot: EditorSnapshot = $state.raw() as EditorSnapshot;
  // Each derived value changes only when its own field does, so a moving cursor wakes the status bar alone.
  readonly tool = $derived(this.snapshot.tool);
  readonly imageId = $derived(this.snapshot.imageId);
  readonly regions = $derived(this.snapshot.regions);
  readonly selection = $derived(this.snapshot.selection);
  readonly activeCategoryId = $derived(this.snapshot.activeCategoryId);
  readonly zoom = $derived(this.snapshot.zoom);
  readonly saveState = $derived(this.snapshot.saveState);
  readonly hiddenRegionIds = $derived(this.snapshot.hiddenRegionIds);
  readonly hiddenCategoryIds = $derived(this.snapshot.hiddenCategoryIds);
  readonly isReadOnly = $derived(this.snapshot.isReadOnly);
  readonly selectedIds = $derived(new Set(this.selection));
  readonly countsByCategory = $derived(countByCategory(this.regions));
  readonly proposalCount = $derived(this.regions.filter((region) => region.status === 'proposal').length);
  readonly regionCount = $derived(this.regions.length - this.proposalCount);
  readonly #onChange: () => void;
  readonly #unsubscribe: () => void;

  constructor(editor: Editor, onChange: () => void = () => undefined) {
    this.editor = editor;
    this.#onChange = onChange;
    this.#unsubscribe = editor.subscribe((snapshot) => {
      this.snapshot = snapshot;
      this.#onChange();
    });
  }

  send = (command: EditorCommand): void => {
    this.editor.dispatch(command);
  };

  dispose(): void {
    this.#unsubscribe();
  }
}

function countByCategory(regions: readonly RegionRecord[]): ReadonlyMap<CategoryId, CategoryCounts> {
  const counts = new Map<CategoryId, CategoryCounts>();
  for (const region of regions) {
    const entry = counts.get(region.categoryId) ?? { regions: 0, proposals: 0 };
    if (region.status === 'proposal') entry.proposals += 1;
    else entry.regions += 1;
    counts.set(region.categoryId, entry);
  }
  return counts;
}
