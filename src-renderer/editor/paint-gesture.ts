// One stroke or shape on its way into the document: which regions it adds to or takes from, and what the overlap
// mode makes of the neighbours. Pixels arrive as capsules, polygons or masks; must not know pointers or keys.

import type { DocumentDiff } from '#shared/annotation/diff.ts';
import type { RegionId, RegionRecord } from '#shared/annotation/records.ts';
import type { Point } from '#shared/geometry/point.ts';
import { intersects, subtract } from '#shared/mask/boolean.ts';
import { forEachCapsuleRun } from '#shared/mask/capsule.ts';
import { forEachPolygonRun } from '#shared/mask/polygon.ts';
import { createMask, fillRun, type TileMask } from '#shared/mask/tile-mask.ts';
import type { DocumentEdit, RecordPatch } from './document-edit.ts';
import type { DocumentStore } from './document-store.ts';
import type { ImagePoint, OverlapMode } from './editor-types.ts';

/** [x0, y0, x1, y1) in image pixels. */
export type DirtyBounds = readonly [x0: number, y0: number, x1: number, y1: number];

export type PaintAim =
  | { kind: 'add'; regionId: RegionId }
  | { kind: 'add-new'; record: RegionRecord }
  | { kind: 'subtract'; regionIds: readonly RegionId[] };

export interface PaintOptions {
  label: string;
  aim: PaintAim;
  overlapMode: OverlapMode;
  onDirty(bounds: DirtyBounds): void;
}

type EmitRun = (y: number, x0: number, x1Exclusive: number) => void;

export class PaintGesture {
  readonly #document: DocumentStore;
  readonly #edit: DocumentEdit;
  readonly #options: PaintOptions;
  readonly #addTo: RegionId | null;

  constructor(document: DocumentStore, options: PaintOptions) {
    this.#document = document;
    this.#options = options;
    this.#edit = document.begin(options.label);
    const { aim } = options;
    if (aim.kind === 'add-new') this.#edit.create(aim.record);
    this.#addTo = aim.kind === 'add' ? aim.regionId : aim.kind === 'add-new' ? aim.record.id : null;
  }

  /** The region that grows, to be drawn above the others while it does; null when taking away. */
  get growingRegionId(): RegionId | null {
    return this.#addTo;
  }

  /** A round brush pulled from one point to the other. */
  capsule(from: ImagePoint, to: ImagePoint, radiusImagePx: number): void {
    const { widthPx, heightPx } = this.#document;
    const a = { x: from.xImagePx, y: from.yImagePx };
    const b = { x: to.xImagePx, y: to.yImagePx };
    const reach = radiusImagePx + 1;
    this.#paint(
      (emit) => forEachCapsuleRun(a, b, radiusImagePx, widthPx, heightPx, emit),
      [
        Math.floor(Math.min(a.x, b.x) - reach),
        Math.floor(Math.min(a.y, b.y) - reach),
        Math.ceil(Math.max(a.x, b.x) + reach),
        Math.ceil(Math.max(a.y, b.y) + reach),
      ],
    );
  }

  polygon(points: readonly Point[]): void {
    const { widthPx, heightPx } = this.#document;
    const xs = points.map(({ x }) => x);
    const ys = points.map(({ y }) => y);
    this.#paint(
      (emit) => forEachPolygonRun(points, widthPx, heightPx, emit, 'nonzero'),
      [
        Math.floor(Math.min(...xs)),
        Math.floor(Math.min(...ys)),
        Math.ceil(Math.max(...xs)),
        Math.ceil(Math.max(...ys)),
      ],
    );
  }

  /** Ends the stroke; null when no pixel changed. */
  commit(): DocumentDiff | null {
    if (this.#addTo !== null && this.#options.overlapMode === 'over') this.#raise(this.#addTo);
    const { aim } = this.#options;
    const aimed = aim.kind === 'subtract' ? aim.regionIds : aim.kind === 'add' ? [aim.regionId] : [];
    return this.#edit.commit((record) => paintedPatch(record, aimed));
  }

  abort(): void {
    this.#edit.abort();
    this.#options.onDirty([0, 0, this.#document.widthPx, this.#document.heightPx]);
  }

  #paint(emitRuns: (emit: EmitRun) => void, bounds: DirtyBounds): void {
    const { aim, overlapMode } = this.#options;
    if (aim.kind === 'subtract') {
      for (const id of aim.regionIds) {
        const mask = this.#edit.maskOf(id);
        emitRuns((y, x0, x1) => mask.clearRun(y, x0, x1));
      }
    } else if (this.#addTo !== null) {
      const mask = this.#edit.maskOf(this.#addTo);
      if (overlapMode === 'over') emitRuns((y, x0, x1) => mask.fillRun(y, x0, x1));
      else mask.applyMask('union', this.#shareOut(emitRuns, this.#addTo));
    }
    this.#options.onDirty(bounds);
  }

  /** What of the new pixels the region may have; in exclusive mode the others lose theirs. */
  #shareOut(emitRuns: (emit: EmitRun) => void, regionId: RegionId): TileMask {
    let fresh = createMask(this.#document.widthPx, this.#document.heightPx);
    emitRuns((y, x0, x1) => fillRun(fresh, y, x0, x1));
    for (const other of this.#document.entries) {
      if (other.record.id === regionId || !intersects(fresh, other.mask)) continue;
      if (this.#options.overlapMode === 'exclusive')
        this.#edit.maskOf(other.record.id).applyMask('subtract', fresh);
      // An offer of the model must not keep a human from painting.
      else if (other.record.status === 'region') fresh = subtract(fresh, other.mask);
    }
    return fresh;
  }

  /** Paint that crossed a region drawn above stays visible: the painted region goes to the top. */
  #raise(regionId: RegionId): void {
    const entries = this.#document.entries;
    const place = entries.findIndex(({ record }) => record.id === regionId);
    const own = entries[place];
    if (!own) return;
    const isCovered = entries.slice(place + 1).some((other) => intersects(own.mask, other.mask));
    if (isCovered) this.#edit.update(regionId, { zIndex: this.#document.topZIndex + 1 });
  }
}

/** The painted regions are the user's now; proposals that only lost pixels to a neighbour stay proposals. */
function paintedPatch(record: RegionRecord, aimed: readonly RegionId[]): RecordPatch | null {
  if (record.status === 'proposal' && !aimed.includes(record.id)) return null;
  return record.source === 'model' ? { status: 'region', source: 'model-then-human' } : { status: 'region' };
}
