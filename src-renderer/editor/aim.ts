// Decides which region a stroke changes: the rules a user learns by painting. Pure.

import type { Category, ImageId, RegionId, RegionRecord } from '#shared/annotation/records.ts';
import type { DocumentStore, RegionEntry } from './document-store.ts';
import type { ImagePoint } from './editor-types.ts';
import type { PaintAim } from './paint-gesture.ts';

export interface AimInput {
  document: DocumentStore;
  selection: readonly RegionId[];
  activeCategory: Category | null;
  isHidden: (entry: RegionEntry) => boolean;
  newId(): RegionId;
}

/**
 * Adding: the selected region if it has the active class; for a stuff class its one region; else a new region.
 * Null without an active class.
 */
export function aimToAdd(input: AimInput): PaintAim | null {
  const { document, activeCategory } = input;
  if (!activeCategory) return null;
  const selected = input.selection.findLast(
    (id) => document.entry(id)?.record.categoryId === activeCategory.id,
  );
  if (selected !== undefined) return { kind: 'add', regionId: selected };
  const own = activeCategory.kind === 'stuff' ? document.regionsOf(activeCategory.id).at(-1) : undefined;
  if (own && !input.isHidden(own)) return { kind: 'add', regionId: own.record.id };
  return { kind: 'add-new', record: newRegion(input.newId(), document, activeCategory.id) };
}

/** Taking away: the selected regions, else the topmost region under the point; null when there is none. */
export function aimToSubtract(input: AimInput, at: ImagePoint): PaintAim | null {
  if (input.selection.length > 0) return { kind: 'subtract', regionIds: input.selection };
  const [top] = input.document.entriesAt(at.xImagePx, at.yImagePx, input.isHidden);
  return top ? { kind: 'subtract', regionIds: [top.record.id] } : null;
}

function newRegion(id: RegionId, document: DocumentStore, categoryId: number): RegionRecord {
  const imageId: ImageId = document.imageId;
  return {
    id,
    imageId,
    categoryId,
    status: 'region',
    source: 'human',
    score: null,
    origin: null,
    zIndex: document.topZIndex + 1,
    areaPx: 0,
    box: [0, 0, 0, 0],
    isCrowd: false,
  };
}
