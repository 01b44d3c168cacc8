import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { RegionRecord } from '#shared/annotation/records.ts';
import type { EditRequest } from '#shared/contract/wire.ts';
import { tileToBase64 } from '#shared/mask/tile-codec.ts';
import {
  clearRun,
  cloneMask,
  createMask,
  fillRun,
  maskArea,
  maskBox,
  maskEquals,
  type TileMask,
} from '#shared/mask/tile-mask.ts';
import { MaskTransaction } from '#shared/mask/transaction.ts';
import { openStore, type Store } from './store.ts';
import { maskFromTiles, regionRecord, wireTiles } from './testing/masks.ts';

const size = { widthPx: 700, heightPx: 300 };

interface Stroke {
  region: number;
  y: number;
  x: number;
  length: number;
  isErasing: boolean;
}
type Step =
  { kind: 'create' | 'stroke'; stroke: Stroke } | { kind: 'reclass' | 'remove' | 'repeat'; region: number };

const strokeArbitrary: fc.Arbitrary<Stroke> = fc.record({
  region: fc.nat(4),
  y: fc.nat(size.heightPx - 40),
  x: fc.nat(size.widthPx - 1),
  length: fc.integer({ min: 1, max: 500 }),
  isErasing: fc.boolean(),
});
const stepArbitrary: fc.Arbitrary<Step> = fc.oneof(
  fc.record({ kind: fc.constant('create' as const), stroke: strokeArbitrary }),
  fc.record({ kind: fc.constant('stroke' as const), stroke: strokeArbitrary }),
  fc.record({
    kind: fc.constantFrom('reclass' as const, 'remove' as const, 'repeat' as const),
    region: fc.nat(4),
  }),
);

/** The document as a plain map: what the store must agree with after every edit. */
class Model {
  readonly regions = new Map<string, { record: RegionRecord; mask: TileMask }>();
  last: EditRequest | null = null;
  count = 0;
  readonly imageId: number;
  readonly categoryIds: readonly [number, number];

  constructor(imageId: number, categoryIds: readonly [number, number]) {
    this.imageId = imageId;
    this.categoryIds = categoryIds;
  }

  /** Applies a step to the model and returns the request that tells the store. */
  apply(step: Step): EditRequest | null {
    if (step.kind === 'repeat') return this.last;
    const id = `region ${'stroke' in step ? step.stroke.region : step.region}`;
    const change = this.#change(step, id);
    if (change === null) return null;
    this.last = { editId: `edit ${this.count++}`, label: step.kind, changes: [change] };
    return this.last;
  }

  #change(step: Step, id: string): EditRequest['changes'][number] | null {
    const held = this.regions.get(id);
    if (step.kind === 'create') {
      const mask = createMask(size.widthPx, size.heightPx);
      paint(mask, { ...step.stroke, isErasing: false });
      const record = regionRecord({ id, imageId: this.imageId, categoryId: this.categoryIds[0] });
      this.regions.set(id, { record, mask });
      return { kind: 'put', record, allTiles: true, tiles: wireTiles(mask) };
    }
    if (held === undefined) return null;
    if (step.kind === 'stroke') {
      const transaction = new MaskTransaction(held.mask);
      const stroke = step.stroke;
      forEachRow(stroke, (y, x0, x1) =>
        stroke.isErasing ? transaction.clearRun(y, x0, x1) : transaction.fillRun(y, x0, x1),
      );
      const tiles = transaction
        .commit()
        .map(({ tileKey, after }) => ({ tileKey, runs: after === null ? null : tileToBase64(after) }));
      return { kind: 'put', record: held.record, allTiles: false, tiles };
    }
    if (step.kind === 'reclass') {
      const [first, second] = this.categoryIds;
      held.record = { ...held.record, categoryId: held.record.categoryId === first ? second : first };
      return { kind: 'put', record: held.record, allTiles: false, tiles: [] };
    }
    this.regions.delete(id);
    return { kind: 'remove', regionId: id };
  }
}

function forEachRow(stroke: Stroke, emit: (y: number, x0: number, x1: number) => void): void {
  for (let row = 0; row < 40; row++)
    emit(stroke.y + row, stroke.x, Math.min(size.widthPx, stroke.x + stroke.length));
}

function paint(mask: TileMask, stroke: Stroke): void {
  forEachRow(stroke, (y, x0, x1) =>
    stroke.isErasing ? clearRun(mask, y, x0, x1) : fillRun(mask, y, x0, x1),
  );
}

function openWithImage(): { store: Store; model: Model } {
  const store = openStore(':memory:');
  store.images.syncFiles([{ path: 'a.jpg', sizeBytes: 1, modifiedMs: 1 }]);
  const imageId = store.images.ids()[0] ?? 0;
  store.images.setHeader(imageId, { ...size, orientation: 1, format: 'jpeg', bitDepth: 8, channels: 3 });
  const add = (name: string): number =>
    store.categories.add({
      name,
      color: '#000000',
      prompts: [],
      threshold: 0,
      kind: 'thing',
      supercategory: '',
    }).id;
  return { store, model: new Model(imageId, [add('a'), add('b')]) };
}

describe('a row of random edits', () => {
  it('leaves the store with exactly the masks, areas and boxes of the document', () => {
    fc.assert(
      fc.property(fc.array(stepArbitrary, { maxLength: 25 }), (steps) => {
        const { store, model } = openWithImage();
        for (const step of steps) {
          const request = model.apply(step);
          if (request !== null) store.edits.applyEdit(model.imageId, request);
        }
        const stored = new Map(
          store.regions.listForImage(model.imageId).map((region) => [region.record.id, region]),
        );
        expect([...stored.keys()].sort()).toEqual([...model.regions.keys()].sort());
        for (const [id, { record, mask }] of model.regions) {
          const region = stored.get(id);
          if (region === undefined) throw new Error(`${id} is missing`);
          expect(region.record).toEqual({ ...record, areaPx: maskArea(mask), box: maskBox(mask) });
          expect(maskEquals(maskFromTiles(size, region.tiles), cloneMask(mask))).toBe(true);
        }
        expect(store.images.revision(model.imageId)).toBe(model.count);
        store.close();
      }),
      { numRuns: 200 },
    );
  });
});
