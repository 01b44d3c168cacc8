// The regions and proposals of one image: records and their masks. The only ways to change it are an edit (a user
// action), a diff (undo, redo) and new proposals from the model. Must not know tools, history or the canvas.

import type { DocumentDiff, RegionChange } from '#shared/annotation/diff.ts';
import type { CategoryId, ImageId, RegionId, RegionRecord } from '#shared/annotation/records.ts';
import type { AnnotationsWire, RegionWire } from '#shared/contract/wire.ts';
import { tileFromBase64 } from '#shared/mask/tile-codec.ts';
import { createMask, getPixel, maskArea, maskBox, type TileMask } from '#shared/mask/tile-mask.ts';
import { applyTileChanges } from '#shared/mask/transaction.ts';
import { DocumentEdit } from './document-edit.ts';

export interface RegionEntry {
  record: RegionRecord;
  readonly mask: TileMask;
}

export interface AppliedDiff {
  /** Regions that had been replaced by a re-run and came back: the server has none of their tiles. */
  revivedIds: Set<RegionId>;
  /** The changes that found their region. */
  changes: RegionChange[];
}

export class DocumentStore {
  readonly imageId: ImageId;
  readonly widthPx: number;
  readonly heightPx: number;
  readonly #entries = new Map<RegionId, RegionEntry>();
  /** Proposals that a re-run replaced but a step of the history still speaks of. */
  readonly #attic = new Map<RegionId, RegionEntry>();
  #ordered: readonly RegionEntry[] | null = null;
  #records: readonly RegionRecord[] | null = null;
  #edit: DocumentEdit | null = null;

  constructor(imageId: ImageId, widthPx: number, heightPx: number) {
    this.imageId = imageId;
    this.widthPx = widthPx;
    this.heightPx = heightPx;
  }

  load(annotations: AnnotationsWire): void {
    this.#entries.clear();
    for (const wire of annotations.regions) this.#entries.set(wire.record.id, this.#entryOf(wire));
    this.#changed();
  }

  /** Bottom first: by `zIndex`, then by id so that the order is the same everywhere. */
  get entries(): readonly RegionEntry[] {
    this.#ordered ??= [...this.#entries.values()].sort(
      (a, b) => a.record.zIndex - b.record.zIndex || (a.record.id < b.record.id ? -1 : 1),
    );
    return this.#ordered;
  }

  /** Same order; the same array until something changed. */
  get records(): readonly RegionRecord[] {
    this.#records ??= this.entries.map((entry) => entry.record);
    return this.#records;
  }

  entry(regionId: RegionId): RegionEntry | undefined {
    return this.#entries.get(regionId);
  }

  get topZIndex(): number {
    return this.entries.at(-1)?.record.zIndex ?? 0;
  }

  /** Topmost first; `isHidden` leaves out what the user does not see. Image pixels, floored. */
  entriesAt(xImagePx: number, yImagePx: number, isHidden: (entry: RegionEntry) => boolean): RegionEntry[] {
    const x = Math.floor(xImagePx);
    const y = Math.floor(yImagePx);
    if (x < 0 || y < 0 || x >= this.widthPx || y >= this.heightPx) return [];
    return this.entries.filter((entry) => !isHidden(entry) && getPixel(entry.mask, x, y)).reverse();
  }

  newEntry(record: RegionRecord): RegionEntry {
    return { record, mask: createMask(this.widthPx, this.heightPx) };
  }

  /** Begins an action. One at a time. */
  begin(label: string): DocumentEdit {
    if (this.#edit) throw new Error(`"${this.#edit.label}" has not ended`);
    this.#edit = new DocumentEdit(label, this, {
      put: (entry) => {
        this.#entries.set(entry.record.id, entry);
        this.#changed();
      },
      drop: (regionId) => {
        this.#entries.delete(regionId);
        this.#changed();
      },
      closed: () => {
        this.#edit = null;
        this.#changed();
      },
    });
    return this.#edit;
  }

  /**
   * True when a step fits the document. A region that is gone, new or different (another window, an import) makes it
   * unfit; a proposal that a re-run replaced does not.
   */
  canApply(diff: DocumentDiff): boolean {
    return diff.changes.every(({ regionId, before }) => {
      const now = this.#entries.get(regionId)?.record;
      if (before === null) return now === undefined;
      if (now === undefined) return before.status === 'proposal';
      return (
        now.status === before.status && now.categoryId === before.categoryId && now.areaPx === before.areaPx
      );
    });
  }

  /** Replays a step. What concerned only a proposal that is gone is left out, unless it makes it a region. */
  apply(diff: DocumentDiff): AppliedDiff {
    if (this.#edit) throw new Error(`"${this.#edit.label}" has not ended`);
    const revivedIds = new Set<RegionId>();
    const changes: RegionChange[] = [];
    for (const change of diff.changes) {
      const isGone = change.before !== null && !this.#entries.has(change.regionId);
      if (isGone) {
        const kept = this.#attic.get(change.regionId);
        if (!kept || change.after?.status !== 'region') continue;
        this.#entries.set(change.regionId, kept);
        this.#attic.delete(change.regionId);
        revivedIds.add(change.regionId);
      }
      this.#applyChange(change);
      changes.push(change);
    }
    this.#changed();
    return { revivedIds, changes };
  }

  /**
   * Replaces the proposals. `isOurs` names regions whose newest state has not reached the server yet: for them the
   * answer is old. `keep` names those the history may need again.
   */
  replaceProposals(
    annotations: AnnotationsWire,
    isOurs: (regionId: RegionId) => boolean,
    keep: ReadonlySet<RegionId>,
  ): void {
    const incoming = new Map(
      annotations.regions
        .filter(({ record }) => record.status === 'proposal' && !isOurs(record.id))
        .map((wire) => [wire.record.id, wire]),
    );
    for (const [id, entry] of [...this.#entries]) {
      if (entry.record.status !== 'proposal' || isOurs(id)) continue;
      if (!incoming.has(id) && keep.has(id)) this.#attic.set(id, entry);
      this.#entries.delete(id);
    }
    for (const [id, wire] of incoming) {
      if (this.#entries.has(id)) continue;
      this.#attic.delete(id);
      this.#entries.set(id, this.#entryOf(wire));
    }
    this.#changed();
  }

  /** Regions (not proposals) of a category, bottom first. */
  regionsOf(categoryId: CategoryId): RegionEntry[] {
    return this.entries.filter(
      ({ record }) => record.categoryId === categoryId && record.status === 'region',
    );
  }

  #applyChange(change: RegionChange): void {
    if (change.after === null) {
      this.#entries.delete(change.regionId);
      return;
    }
    const entry = this.#entries.get(change.regionId) ?? this.newEntry(change.after);
    applyTileChanges(entry.mask, change.tiles, 'after');
    entry.record = change.after;
    this.#entries.set(change.regionId, entry);
  }

  #entryOf(wire: RegionWire): RegionEntry {
    const mask = createMask(this.widthPx, this.heightPx);
    for (const { tileKey, runs } of wire.tiles) mask.tiles.set(tileKey, tileFromBase64(runs));
    const record = { ...wire.record, areaPx: maskArea(mask), box: maskBox(mask) };
    return { record, mask };
  }

  #changed(): void {
    this.#ordered = null;
    this.#records = null;
  }
}
