// Keeps the canvas in step with the document: a colour slot for every region, the drawing order, and which texels
// became stale. Draws nothing itself; must not know tools or history.

import type { Category, CategoryId, RegionId, RegionRecord } from '#shared/annotation/records.ts';
import type { RegionChange } from '#shared/annotation/diff.ts';
import { TILE_SIZE, tilesAcross } from '#shared/mask/tile-mask.ts';
import type { SlotStyle } from '#renderer/canvas/color-table.ts';
import type { MaskDrawing } from '#renderer/canvas/label-composite.ts';
import { MAX_SLOT } from '#renderer/canvas/label-composite.ts';
import type { DocumentStore, RegionEntry } from './document-store.ts';
import type { DirtyBounds } from './paint-gesture.ts';

/** The part of the canvas engine that masks need. */
export interface MaskCanvas {
  setDrawings(drawings: readonly MaskDrawing[]): void;
  setSlotStyle(slot: number, style: SlotStyle): void;
  markStale(bounds: DirtyBounds): void;
  markAllStale(): void;
}

export interface DisplayInput {
  document: DocumentStore;
  selection: readonly RegionId[];
  /** Drawn above the others while it is being painted. */
  growingRegionId: RegionId | null;
  isHidden: (entry: RegionEntry) => boolean;
}

interface Shown {
  mask: MaskDrawing['mask'];
  isSelected: boolean;
  box: RegionRecord['box'];
}

const UNKNOWN_COLOR = '#808080';

export class DisplayModel {
  readonly #slots = new Map<RegionId, number>();
  #freeSlots: number[] = [];
  #nextSlot = 1;
  #colors = new Map<CategoryId, string>();
  #shown = new Map<RegionId, Shown>();
  #canvas: MaskCanvas | null = null;

  setCanvas(canvas: MaskCanvas | null): void {
    this.#canvas = canvas;
    this.#shown = new Map();
  }

  setCategories(categories: readonly Category[]): void {
    this.#colors = new Map(categories.map(({ id, color }) => [id, color]));
  }

  /** Another image: all slots are free. */
  reset(): void {
    this.#slots.clear();
    this.#freeSlots = [];
    this.#nextSlot = 1;
    this.#shown = new Map();
  }

  /** After any change of records, selection, order or visibility. Pixels changed in place come by `pixelsChanged`. */
  refresh(input: DisplayInput): void {
    if (!this.#canvas) return;
    this.#releaseSlots(input.document);
    const order = drawingOrder(input);
    const selected = new Set(input.selection);
    const drawings: MaskDrawing[] = [];
    const shown = new Map<RegionId, Shown>();
    for (const { record, mask } of order) {
      const slot = this.#slotOf(record.id);
      const isSelected = selected.has(record.id);
      const color = this.#colors.get(record.categoryId) ?? UNKNOWN_COLOR;
      this.#canvas.setSlotStyle(slot, { color, isProposal: record.status === 'proposal' });
      drawings.push({ mask, slot, isSelected });
      shown.set(record.id, { mask, isSelected, box: record.box });
    }
    this.#canvas.setDrawings(drawings);
    this.#markDifferences(this.#canvas, shown);
    this.#shown = shown;
  }

  pixelsChanged(bounds: DirtyBounds): void {
    this.#canvas?.markStale(bounds);
  }

  tilesChanged(changes: readonly RegionChange[], widthPx: number): void {
    const across = tilesAcross(widthPx);
    const keys = new Set(changes.flatMap((change) => change.tiles.map((tile) => tile.tileKey)));
    for (const key of keys) {
      const x = (key % across) * TILE_SIZE;
      const y = Math.floor(key / across) * TILE_SIZE;
      this.#canvas?.markStale([x, y, x + TILE_SIZE, y + TILE_SIZE]);
    }
  }

  #markDifferences(canvas: MaskCanvas, now: ReadonlyMap<RegionId, Shown>): void {
    const before = [...this.#shown.keys()].filter((id) => now.has(id));
    const after = [...now.keys()].filter((id) => this.#shown.has(id));
    const moved = movedId(before, after);
    if (moved === 'several') {
      canvas.markAllStale();
      return;
    }
    if (moved !== null) markBox(canvas, now.get(moved.id)?.box ?? [0, 0, 0, 0]);
    for (const [id, shown] of now) {
      const old = this.#shown.get(id);
      if (!old || old.mask !== shown.mask || old.isSelected !== shown.isSelected) markBox(canvas, shown.box);
    }
    for (const [id, shown] of this.#shown) if (!now.has(id)) markBox(canvas, shown.box);
  }

  #slotOf(regionId: RegionId): number {
    let slot = this.#slots.get(regionId);
    if (slot === undefined) {
      slot = this.#freeSlots.pop() ?? Math.min(this.#nextSlot++, MAX_SLOT);
      this.#slots.set(regionId, slot);
    }
    return slot;
  }

  #releaseSlots(document: DocumentStore): void {
    for (const [id, slot] of this.#slots) {
      if (document.entry(id)) continue;
      this.#slots.delete(id);
      this.#freeSlots.push(slot);
    }
  }
}

function drawingOrder({ document, growingRegionId, isHidden }: DisplayInput): RegionEntry[] {
  const visible = document.entries.filter((entry) => !isHidden(entry) || entry.record.id === growingRegionId);
  const growing = visible.find(({ record }) => record.id === growingRegionId);
  return growing ? [...visible.filter((entry) => entry !== growing), growing] : visible;
}

/** The one id whose place differs between two orders of the same ids; null when none, 'several' when more. */
function movedId(
  before: readonly RegionId[],
  after: readonly RegionId[],
): { id: RegionId } | null | 'several' {
  const place = before.findIndex((id, index) => after[index] !== id);
  if (place < 0) return null;
  for (const candidate of [before[place], after[place]]) {
    if (candidate === undefined) continue;
    const rest = after.filter((id) => id !== candidate);
    if (before.filter((id) => id !== candidate).every((id, index) => rest[index] === id))
      return { id: candidate };
  }
  return 'several';
}

function markBox(canvas: MaskCanvas, [x, y, width, height]: RegionRecord['box']): void {
  if (width > 0) canvas.markStale([x, y, x + width, y + height]);
}
