// An image's regions and proposals as the window reads and writes them. Masks stay encoded; the store checks them.

import type { AnnotationsWire, EditRequest, RegionWire } from '#shared/contract/wire.ts';
import type { ImageId, ImageRecord } from '#shared/annotation/records.ts';
import type { StoredRegion } from '../store/region-repository.ts';
import type { Store } from '../store/store.ts';

/** @throws AppError `image/not-found` */
export function readAnnotations(store: Store, imageId: ImageId): AnnotationsWire {
  store.images.require(imageId);
  return {
    imageId,
    revision: store.images.revision(imageId),
    regions: store.regions.listForImage(imageId).map(regionWire),
  };
}

export function regionWire(region: StoredRegion): RegionWire {
  return {
    record: { ...region.record, box: [...region.record.box] },
    tiles: region.tiles.map((tile) => ({ tileKey: tile.tileKey, runs: toBase64(tile.runs) })),
  };
}

/**
 * Stores one finished action of the user before answering. Sent twice, it is applied once.
 * @throws AppError `request/invalid`, `image/not-found`, `project/disk-full`, `project/read-only`
 */
export function saveEdit(
  store: Store,
  imageId: ImageId,
  edit: EditRequest,
): { revision: number; image: ImageRecord } {
  const { revision } = store.edits.applyEdit(imageId, edit);
  return { revision, image: store.images.require(imageId) };
}

function toBase64(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64');
}
