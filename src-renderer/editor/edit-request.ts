// From a finished step to what the server stores: records and encoded tiles. Pure.

import type { RegionChange } from '#shared/annotation/diff.ts';
import type { RegionId, RegionRecord } from '#shared/annotation/records.ts';
import type { EditRequest } from '#shared/contract/wire.ts';
import { tileToBase64 } from '#shared/mask/tile-codec.ts';
import type { TileMask } from '#shared/mask/tile-mask.ts';

type WireChange = EditRequest['changes'][number];
type WireRecord = Extract<WireChange, { kind: 'put' }>['record'];

/** Longest name of a step on the wire. */
const LABEL_LENGTH = 200;

/**
 * @param maskOf the mask as it is after the step.
 * @param revivedIds regions the server does not hold although the step did not create them.
 */
export function editRequestOf(
  step: { label: string; changes: readonly RegionChange[] },
  editId: string,
  maskOf: (regionId: RegionId) => TileMask | null,
  revivedIds: ReadonlySet<RegionId> = new Set(),
): EditRequest {
  const changes = step.changes.map((change): WireChange => {
    if (change.after === null) return { kind: 'remove', regionId: change.regionId };
    // The server may replace a proposal at any time, so a put that starts from one brings the whole mask.
    const isNew =
      change.before === null || change.before.status === 'proposal' || revivedIds.has(change.regionId);
    const record = recordOf(change.after);
    if (!isNew) return { kind: 'put', record, allTiles: false, tiles: changedTiles(change) };
    const mask = maskOf(change.regionId);
    if (!mask) throw new Error(`no mask of region ${change.regionId}`);
    return { kind: 'put', record, allTiles: true, tiles: allTiles(mask) };
  });
  return { editId, label: step.label.slice(0, LABEL_LENGTH), changes };
}

function recordOf(record: RegionRecord): WireRecord {
  const [x, y, width, height] = record.box;
  return { ...record, box: [x, y, width, height] };
}

function changedTiles(change: RegionChange): { tileKey: number; runs: string | null }[] {
  return change.tiles.map(({ tileKey, after }) => ({ tileKey, runs: after && tileToBase64(after) }));
}

function allTiles(mask: TileMask): { tileKey: number; runs: string | null }[] {
  return [...mask.tiles].map(([tileKey, words]) => ({ tileKey, runs: tileToBase64(words) }));
}
