// A server with the contract's behaviour and without a database: strict about tiles, deaf to repeated edit ids, and
// able to fail, hang or lose an answer on request.

import type { ImageId, ImageRecord, RegionRecord } from '#shared/annotation/records.ts';
import type { AnnotationsWire, EditRequest } from '#shared/contract/wire.ts';
import { tileFromBase64, tileToBase64 } from '#shared/mask/tile-codec.ts';
import { createMask, isMaskEmpty, maskArea, maskBox, type TileMask } from '#shared/mask/tile-mask.ts';
import type { EditResponse } from '../editor-types.ts';

export type Trouble = 'none' | 'fail' | 'hang' | 'lose-answer';

interface Stored {
  record: RegionRecord;
  mask: TileMask;
}

export class FakeServer {
  readonly regions = new Map<string, Stored>();
  readonly labels: string[] = [];
  /** What happens to the next requests, first come first served; then all is well. */
  troubles: Trouble[] = [];
  requests = 0;
  #revision = 0;
  readonly #done = new Set<string>();
  readonly #image: ImageRecord;

  constructor(image: ImageRecord) {
    this.#image = image;
  }

  /** For `EditorDeps.saveEdit`. */
  saveEdit = (imageId: ImageId, request: EditRequest): Promise<EditResponse> => {
    this.requests++;
    const trouble = this.troubles.shift() ?? 'none';
    if (trouble === 'hang') return new Promise(() => undefined);
    if (trouble === 'fail') return Promise.reject(new Error('the disk is full'));
    if (imageId !== this.#image.id) return Promise.reject(new Error(`no image ${imageId}`));
    this.#apply(request);
    if (trouble === 'lose-answer') return Promise.reject(new Error('the connection broke'));
    return Promise.resolve({ revision: this.#revision, image: this.#image });
  };

  annotations(): AnnotationsWire {
    const regions = [...this.regions.values()].map(({ record, mask }) => {
      const [x, y, width, height] = record.box;
      const box: [number, number, number, number] = [x, y, width, height];
      const tiles = [...mask.tiles].map(([tileKey, words]) => ({ tileKey, runs: tileToBase64(words) }));
      return { record: { ...record, box }, tiles };
    });
    return { imageId: this.#image.id, revision: this.#revision, regions };
  }

  add(record: RegionRecord, mask: TileMask): void {
    this.regions.set(record.id, { record: { ...record, areaPx: maskArea(mask), box: maskBox(mask) }, mask });
    this.#revision++;
  }

  #apply(request: EditRequest): void {
    if (this.#done.has(request.editId)) return;
    this.#done.add(request.editId);
    this.#revision++;
    this.labels.push(request.label);
    for (const change of request.changes) {
      if (change.kind === 'remove') this.regions.delete(change.regionId);
      else this.#put(change);
    }
  }

  #put(change: Extract<EditRequest['changes'][number], { kind: 'put' }>): void {
    const old = this.regions.get(change.record.id);
    const isNew = !old || old.record.status === 'proposal';
    if (isNew && !change.allTiles) throw new Error(`${change.record.id}: all tiles are needed`);
    const mask = createMask(this.#image.widthPx, this.#image.heightPx);
    if (!change.allTiles) for (const [key, words] of old?.mask.tiles ?? []) mask.tiles.set(key, words);
    for (const { tileKey, runs } of change.tiles) {
      if (runs === null) mask.tiles.delete(tileKey);
      else mask.tiles.set(tileKey, tileFromBase64(runs));
    }
    if (isMaskEmpty(mask)) throw new Error(`${change.record.id}: an empty region was sent`);
    const derived = { areaPx: maskArea(mask), box: maskBox(mask) };
    this.regions.set(change.record.id, { record: { ...change.record, ...derived }, mask });
  }
}
