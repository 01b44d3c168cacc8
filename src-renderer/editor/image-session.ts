// What the editor remembers of each image while the project is open: history, view, and the document for as long as
// the server may be behind it. Must not know tools or the canvas.

import type { ImageId, ImageRecord, RegionId } from '#shared/annotation/records.ts';
import type { RegionChange } from '#shared/annotation/diff.ts';
import type { AnnotationsWire } from '#shared/contract/wire.ts';
import { DocumentStore } from './document-store.ts';
import { History } from './history.ts';
import type { ViewState } from './view-state.ts';

export interface ImageSession {
  readonly imageId: ImageId;
  readonly history: History;
  document: DocumentStore;
  /** Newest revision that a save of ours brought about. */
  revision: number;
  /** Regions and proposals this window removed: an answer that was on its way must not bring them back. */
  readonly removedIds: Set<RegionId>;
  place: ViewState['place'];
}

interface Remembered extends Omit<ImageSession, 'document'> {
  document: DocumentStore | null;
}

/** Documents of so many images that were left stay, so that a late answer cannot undo what was just saved. */
const KEPT_DOCUMENTS = 3;

export class SessionBook {
  readonly #sessions = new Map<ImageId, Remembered>();
  readonly #hasPending: (imageId: ImageId, regionId?: RegionId) => boolean;
  #recent: ImageId[] = [];

  /** @param hasPending whether edits of an image (or of one region of it) still wait for the server. */
  constructor(hasPending: (imageId: ImageId, regionId?: RegionId) => boolean) {
    this.#hasPending = hasPending;
  }

  open(record: ImageRecord, annotations: AnnotationsWire): ImageSession {
    const remembered = this.#sessions.get(record.id);
    const session: Remembered = remembered ?? {
      imageId: record.id,
      history: new History(),
      document: null,
      revision: 0,
      removedIds: new Set(),
      place: null,
    };
    this.#sessions.set(record.id, session);
    const isBehind = this.#hasPending(record.id) || annotations.revision < session.revision;
    const document = session.document;
    if (document && isBehind) {
      session.document = document;
      mergeProposals(session as ImageSession, annotations, (id) => this.#hasPending(record.id, id));
    } else {
      session.document = new DocumentStore(record.id, record.widthPx, record.heightPx);
      session.document.load(annotations);
    }
    this.#recent = [record.id, ...this.#recent.filter((id) => id !== record.id)];
    this.#forgetDocuments();
    return session as ImageSession;
  }

  saved(imageId: ImageId, revision: number): void {
    const session = this.#sessions.get(imageId);
    if (session) session.revision = Math.max(session.revision, revision);
    this.#forgetDocuments();
  }

  /** Undo steps of all images, in bytes. */
  get historyBytes(): number {
    let sum = 0;
    for (const session of this.#sessions.values()) sum += session.history.sizeBytes;
    return sum;
  }

  clear(): void {
    this.#sessions.clear();
    this.#recent = [];
  }

  #forgetDocuments(): void {
    const kept = new Set(this.#recent.slice(0, KEPT_DOCUMENTS + 1));
    for (const session of this.#sessions.values()) {
      if (!kept.has(session.imageId) && !this.#hasPending(session.imageId)) session.document = null;
    }
  }
}

/** Replaces the proposals of the session's document; what this window changed or removed meanwhile wins. */
export function mergeProposals(
  session: ImageSession,
  annotations: AnnotationsWire,
  hasPending: (regionId: RegionId) => boolean,
): void {
  const isOurs = (id: RegionId) => hasPending(id) || session.removedIds.has(id);
  session.document.replaceProposals(annotations, isOurs, session.history.regionIds());
}

export function noteRemovals(session: ImageSession, changes: readonly RegionChange[]): void {
  for (const { regionId, after } of changes) {
    if (after === null) session.removedIds.add(regionId);
    else session.removedIds.delete(regionId);
  }
}
