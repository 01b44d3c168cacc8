// Actions on whole regions, each one step: delete, re-class, merge, accept, reject, fill holes, drop specks.
// Every function opens an edit and answers its diff, null when nothing changed. Must not know selection or keys.

import type { DocumentDiff } from '#shared/annotation/diff.ts';
import type { CategoryId, RegionId, RegionRecord } from '#shared/annotation/records.ts';
import { dropSpecks, fillHoles, holeAt } from '#shared/mask/components.ts';
import { maskArea, type TileMask } from '#shared/mask/tile-mask.ts';
import type { DocumentEdit, RecordPatch } from './document-edit.ts';
import type { DocumentStore, RegionEntry } from './document-store.ts';
import type { ImagePoint } from './editor-types.ts';

export function deleteRegions(document: DocumentStore, ids: readonly RegionId[]): DocumentDiff | null {
  return step(document, `Delete ${counted(ids, 'region')}`, (edit) => {
    for (const id of ids) edit.remove(id);
  });
}

/** Proposals that are not wanted go; undo brings them back as proposals. */
export function rejectProposals(document: DocumentStore, ids: readonly RegionId[]): DocumentDiff | null {
  const proposals = ids.filter((id) => document.entry(id)?.record.status === 'proposal');
  return step(document, `Reject ${counted(proposals, 'proposal')}`, (edit) => {
    for (const id of proposals) edit.remove(id);
  });
}

/** Proposals become regions as they are; their source stays the model. */
export function acceptProposals(document: DocumentStore, ids: readonly RegionId[]): DocumentDiff | null {
  const proposals = ids.filter((id) => document.entry(id)?.record.status === 'proposal');
  return step(document, `Accept ${counted(proposals, 'proposal')}`, (edit) => {
    for (const id of proposals) edit.update(id, { status: 'region' });
  });
}

/** A proposal that is given a class by hand is the user's. */
export function changeCategory(
  document: DocumentStore,
  ids: readonly RegionId[],
  categoryId: CategoryId,
): DocumentDiff | null {
  const others = ids.filter((id) => document.entry(id)?.record.categoryId !== categoryId);
  return step(document, 'Change class', (edit) => {
    for (const id of others) edit.update(id, { ...humanPatch(document.entry(id)), categoryId });
  });
}

/** The first region takes the pixels of the others and the highest place among them; the others go. */
export function mergeRegions(document: DocumentStore, ids: readonly RegionId[]): DocumentDiff | null {
  const [firstId, ...otherIds] = ids;
  if (firstId === undefined || otherIds.length === 0) return null;
  return step(document, `Merge ${ids.length} regions`, (edit) => {
    const mask = edit.maskOf(firstId);
    let zIndex = document.entry(firstId)?.record.zIndex ?? 0;
    for (const id of otherIds) {
      const other = document.entry(id);
      if (!other) continue;
      mask.applyMask('union', other.mask);
      zIndex = Math.max(zIndex, other.record.zIndex);
      edit.remove(id);
    }
    edit.update(firstId, { ...humanPatch(document.entry(firstId)), zIndex });
  });
}

/** Closes every hole of the regions, or those up to `maxHoleAreaPx`. */
export function fillRegionHoles(
  document: DocumentStore,
  ids: readonly RegionId[],
  maxHoleAreaPx?: number,
): DocumentDiff | null {
  return reshape(document, ids, 'Fill holes', (mask) => fillHoles(mask, maxHoleAreaPx));
}

/** Removes parts smaller than `minAreaPx`; a region that is nothing but specks goes. */
export function dropRegionSpecks(
  document: DocumentStore,
  ids: readonly RegionId[],
  minAreaPx: number,
): DocumentDiff | null {
  return reshape(document, ids, 'Drop specks', (mask) => dropSpecks(mask, minAreaPx));
}

/** Closes the smallest hole around a point among the candidates; null when the point is in no hole. */
export function fillHoleAt(
  document: DocumentStore,
  candidates: readonly RegionEntry[],
  at: ImagePoint,
): DocumentDiff | null {
  const x = Math.floor(at.xImagePx);
  const y = Math.floor(at.yImagePx);
  let best: { id: RegionId; hole: TileMask; areaPx: number } | null = null;
  for (const { record, mask } of candidates) {
    const hole = isInBox(record, x, y) ? holeAt(mask, x, y) : null;
    const areaPx = hole ? maskArea(hole) : 0;
    if (hole && (!best || areaPx < best.areaPx)) best = { id: record.id, hole, areaPx };
  }
  if (!best) return null;
  const { id, hole } = best;
  return step(document, 'Fill hole', (edit) => {
    edit.maskOf(id).applyMask('union', hole);
    edit.update(id, humanPatch(document.entry(id)));
  });
}

function reshape(
  document: DocumentStore,
  ids: readonly RegionId[],
  label: string,
  shapeOf: (mask: TileMask) => TileMask,
): DocumentDiff | null {
  const edit = document.begin(label);
  for (const id of ids) {
    const entry = document.entry(id);
    if (entry) edit.maskOf(id).applyMask('replace', shapeOf(entry.mask));
  }
  return edit.commit((record) => humanRecordPatch(record));
}

function step(
  document: DocumentStore,
  label: string,
  run: (edit: DocumentEdit) => void,
): DocumentDiff | null {
  const edit = document.begin(label);
  run(edit);
  return edit.commit();
}

function humanPatch(entry: RegionEntry | undefined): RecordPatch {
  return entry ? humanRecordPatch(entry.record) : {};
}

function humanRecordPatch(record: RegionRecord): RecordPatch {
  return record.source === 'model' ? { status: 'region', source: 'model-then-human' } : { status: 'region' };
}

function isInBox({ box: [left, top, width, height] }: RegionRecord, x: number, y: number): boolean {
  return x >= left && y >= top && x < left + width && y < top + height;
}

function counted(ids: readonly unknown[], word: string): string {
  return ids.length === 1 ? word : `${ids.length} ${word}s`;
}
