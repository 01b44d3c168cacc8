// A finished step's way: into the history, to the canvas, to the server; and back again for undo and redo.
// Must not know tools, selection or settings.

import type { DocumentDiff, RegionChange } from '#shared/annotation/diff.ts';
import type { ImageId, RegionId } from '#shared/annotation/records.ts';
import type { EditRequest } from '#shared/contract/wire.ts';
import { editRequestOf } from './edit-request.ts';
import type { EditorNotice } from './editor-types.ts';
import { noteRemovals, type ImageSession } from './image-session.ts';

export interface StepRecorderDeps {
  newId(): string;
  save(imageId: ImageId, request: EditRequest): void;
  tilesChanged(changes: readonly RegionChange[], widthPx: number): void;
  onNotice(notice: EditorNotice): void;
}

export class StepRecorder {
  readonly #deps: StepRecorderDeps;

  constructor(deps: StepRecorderDeps) {
    this.#deps = deps;
  }

  /** A step the document has just taken. `isShown`: its pixels are on the canvas already, as after a stroke. */
  record(session: ImageSession, diff: DocumentDiff, isShown: boolean): void {
    session.history.push(diff);
    if (!isShown) this.#deps.tilesChanged(diff.changes, session.document.widthPx);
    this.#save(session, diff, new Set());
  }

  undo(session: ImageSession): void {
    const diff = session.history.peekUndo();
    if (diff && this.#replay(session, diff)) session.history.movedBack();
  }

  redo(session: ImageSession): void {
    const diff = session.history.peekRedo();
    if (diff && this.#replay(session, diff)) session.history.movedForward();
  }

  #replay(session: ImageSession, diff: DocumentDiff): boolean {
    if (!session.document.canApply(diff)) {
      session.history.clear();
      const message = 'These steps cannot be taken back any more: the image was changed from elsewhere.';
      this.#deps.onNotice({ level: 'warning', message });
      return false;
    }
    const { changes, revivedIds } = session.document.apply(diff);
    this.#deps.tilesChanged(changes, session.document.widthPx);
    this.#save(session, { label: diff.label, changes }, revivedIds);
    return true;
  }

  #save(
    session: ImageSession,
    step: Pick<DocumentDiff, 'label' | 'changes'>,
    revivedIds: ReadonlySet<RegionId>,
  ): void {
    noteRemovals(session, step.changes);
    if (step.changes.length === 0) return;
    const maskOf = (id: RegionId) => session.document.entry(id)?.mask ?? null;
    this.#deps.save(session.imageId, editRequestOf(step, this.#deps.newId(), maskOf, revivedIds));
  }
}
