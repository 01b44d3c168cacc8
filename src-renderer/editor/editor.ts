// The editor of one project window: the open image's document, tools, history and saving behind one small door.
// Panels read snapshots and dispatch commands; must not know Svelte or the network.

import type { Category, RegionId } from '#shared/annotation/records.ts';
import type { AnnotationsWire } from '#shared/contract/wire.ts';
import type { TileMask } from '#shared/mask/tile-mask.ts';
import type {
  EditorCommand,
  EditorDeps,
  EditorSnapshot,
  ImagePoint,
  OpenImageRequest,
  Picture,
  ScreenPoint,
} from './editor-types.ts';

export class Editor {
  readonly #deps: EditorDeps;

  constructor(deps: EditorDeps) {
    this.#deps = deps;
  }

  /** Calls `listener` at once and after every change; the answer unsubscribes. */
  subscribe(listener: (snapshot: EditorSnapshot) => void): () => void {
    listener(this.snapshot());
    return () => undefined;
  }

  /** The same object until something changes. */
  snapshot(): EditorSnapshot {
    throw new Error('not yet');
  }

  dispatch(_command: EditorCommand): void {}

  /** Shows an image. Its undo history, if it was open before in this project, comes back. */
  openImage(_request: OpenImageRequest): void {}

  /** Hands over the decoded picture when it was not ready at `openImage`. */
  setPicture(_picture: Picture): void {}

  closeImage(): void {}

  /** The project was closed: forgets documents and histories. Edits not yet saved are still sent. */
  closeProject(): void {}

  /** New proposals of the open image replace the old ones; regions and history stay. Ignored for other images. */
  mergeProposals(_annotations: AnnotationsWire): void {}

  /** Colours, order (digit keys) and kinds of the classes. */
  setCategories(_categories: readonly Category[]): void {}

  setReadOnly(_isReadOnly: boolean): void {}

  /** Puts the canvas into `container` (which must be positioned and sized by CSS); the answer takes it out again. */
  attachCanvas(_container: HTMLElement): () => void {
    return () => undefined;
  }

  /** Zoom, position, selection, tool and brush as JSON for PUT /api/project/view. */
  viewState(): string {
    return '{}';
  }

  /** Accepts what `viewState` gave, at once or when its image opens; anything unreadable is ignored. */
  restoreView(_json: string): void {}

  hasUnsavedEdits(): boolean {
    return false;
  }

  /** Resolves when every finished action has been stored. */
  async whenSaved(): Promise<void> {}

  /** The mask of one region of the open image; read only. */
  maskOf(_regionId: RegionId): TileMask | null {
    return null;
  }

  /** CSS pixels in the canvas container; null without a canvas. */
  screenFromImage(_point: ImagePoint): ScreenPoint | null {
    return null;
  }

  /** Test hook: draws and reads one pixel of the WebGL canvas (RGBA 0..255); null without a canvas. */
  readPixel(_point: ScreenPoint): [number, number, number, number] | null {
    return null;
  }

  /** Test hook: milliseconds from the pointer event's handler to the upload of the changed texels, newest last. */
  get lastStrokeTimings(): readonly number[] {
    void this.#deps;
    return [];
  }
}
