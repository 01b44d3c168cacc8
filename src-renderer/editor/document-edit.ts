// One user action while it happens: creates, paints, re-classes and removes regions in place, then becomes a diff or
// is taken back without a trace. Only DocumentStore makes these.

import type { DocumentDiff, RegionChange, TileChange } from '#shared/annotation/diff.ts';
import type { RegionId, RegionRecord } from '#shared/annotation/records.ts';
import { MaskTransaction } from '#shared/mask/transaction.ts';
import { isMaskEmpty, maskArea, maskBox } from '#shared/mask/tile-mask.ts';
import type { DocumentStore, RegionEntry } from './document-store.ts';

/** What of a record an action may set; area and box are always derived. */
export type RecordPatch = Partial<
  Pick<RegionRecord, 'categoryId' | 'status' | 'source' | 'zIndex' | 'score'>
>;

interface Touched {
  entry: RegionEntry;
  before: RegionRecord | null;
  transaction: MaskTransaction | null;
  isRemoved: boolean;
}

/** How the store lets its edit in. */
export interface EditAccess {
  put(entry: RegionEntry): void;
  drop(regionId: RegionId): void;
  closed(): void;
}

export class DocumentEdit {
  readonly label: string;
  readonly #store: DocumentStore;
  readonly #access: EditAccess;
  readonly #touched = new Map<RegionId, Touched>();
  #isOpen = true;

  constructor(label: string, store: DocumentStore, access: EditAccess) {
    this.label = label;
    this.#store = store;
    this.#access = access;
  }

  get isOpen(): boolean {
    return this.#isOpen;
  }

  /** Adds a region with an empty mask; if it is still empty at `commit` it never was. */
  create(record: RegionRecord): void {
    const entry = this.#store.newEntry(record);
    this.#access.put(entry);
    this.#touched.set(record.id, { entry, before: null, transaction: null, isRemoved: false });
  }

  /** The mask of a region, open for painting. */
  maskOf(regionId: RegionId): MaskTransaction {
    const touched = this.#touch(regionId);
    touched.transaction ??= new MaskTransaction(touched.entry.mask);
    return touched.transaction;
  }

  update(regionId: RegionId, patch: RecordPatch): void {
    const { entry } = this.#touch(regionId);
    entry.record = { ...entry.record, ...patch };
    this.#access.put(entry);
  }

  remove(regionId: RegionId): void {
    const touched = this.#touch(regionId);
    touched.transaction?.abort();
    touched.transaction = null;
    touched.isRemoved = true;
    this.#access.drop(regionId);
  }

  /** Regions touched so far. */
  get regionIds(): RegionId[] {
    return [...this.#touched.keys()];
  }

  /**
   * Ends the action; null when nothing changed. With `ifPainted`, only regions with a changed pixel count (a stroke
   * over nothing is no step) and each of them gets the patch it answers.
   */
  commit(ifPainted?: (record: RegionRecord) => RecordPatch | null): DocumentDiff | null {
    this.#assertOpen();
    const changes: RegionChange[] = [];
    for (const [id, touched] of this.#touched) {
      const tiles = this.#finishMask(touched);
      if (ifPainted) this.#patchPainted(touched, tiles.length > 0, ifPainted);
      const change = this.#finishRegion(id, touched, tiles);
      if (change) changes.push(change);
    }
    this.#close();
    return changes.length === 0 ? null : { label: this.label, changes };
  }

  /** Puts everything back as it was. */
  abort(): void {
    this.#assertOpen();
    for (const [id, touched] of this.#touched) {
      touched.transaction?.abort();
      if (touched.before === null) {
        this.#access.drop(id);
        continue;
      }
      touched.entry.record = touched.before;
      this.#access.put(touched.entry);
    }
    this.#close();
  }

  #finishMask(touched: Touched): TileChange[] {
    if (!touched.isRemoved) return touched.transaction?.commit() ?? [];
    if (touched.before === null) return [];
    return [...touched.entry.mask.tiles].map(([tileKey, words]) => ({ tileKey, before: words, after: null }));
  }

  #patchPainted(
    touched: Touched,
    isPainted: boolean,
    patchOf: (record: RegionRecord) => RecordPatch | null,
  ): void {
    const { entry, before } = touched;
    if (!isPainted && before) entry.record = before;
    const patch = isPainted && before ? patchOf(before) : null;
    if (patch) entry.record = { ...entry.record, ...patch };
  }

  #finishRegion(regionId: RegionId, touched: Touched, tiles: TileChange[]): RegionChange | null {
    const { entry, before } = touched;
    if (touched.isRemoved || isMaskEmpty(entry.mask)) {
      this.#access.drop(regionId);
      return before && { regionId, before, after: null, tiles };
    }
    if (tiles.length > 0) {
      entry.record = { ...entry.record, areaPx: maskArea(entry.mask), box: maskBox(entry.mask) };
    }
    const isSame = before !== null && tiles.length === 0 && recordsEqual(before, entry.record);
    return isSame ? null : { regionId, before, after: entry.record, tiles };
  }

  #touch(regionId: RegionId): Touched {
    this.#assertOpen();
    let touched = this.#touched.get(regionId);
    if (touched?.isRemoved) throw new Error(`region ${regionId} was removed by this edit`);
    if (!touched) {
      const entry = this.#store.entry(regionId);
      if (!entry) throw new Error(`no region ${regionId}`);
      touched = { entry, before: entry.record, transaction: null, isRemoved: false };
      this.#touched.set(regionId, touched);
    }
    return touched;
  }

  #close(): void {
    this.#isOpen = false;
    this.#access.closed();
  }

  #assertOpen(): void {
    if (!this.#isOpen) throw new Error('the edit has ended');
  }
}

function recordsEqual(a: RegionRecord, b: RegionRecord): boolean {
  return (
    a.categoryId === b.categoryId &&
    a.status === b.status &&
    a.source === b.source &&
    a.zIndex === b.zIndex &&
    a.score === b.score
  );
}
