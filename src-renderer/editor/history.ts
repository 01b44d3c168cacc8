// Undo and redo of one image: a stack of steps, unlimited in number, each packed to run-length bytes.
// Holds diffs only; must not know the document they are applied to.

import {
  invertDiff,
  type DocumentDiff,
  type RegionChange,
  type TileChange,
} from '#shared/annotation/diff.ts';
import type { RegionId } from '#shared/annotation/records.ts';
import { decodeTile, encodeTile } from '#shared/mask/tile-codec.ts';

interface PackedTile {
  tileKey: number;
  before: Uint8Array | null;
  after: Uint8Array | null;
}

interface PackedStep {
  label: string;
  changes: (Omit<RegionChange, 'tiles'> & { tiles: PackedTile[] })[];
  sizeBytes: number;
}

/** What a record costs beside its tiles, roughly. */
const RECORD_BYTES = 400;

export class History {
  #done: PackedStep[] = [];
  #undone: PackedStep[] = [];
  #sizeBytes = 0;
  #labels: readonly { label: string }[] | null = null;

  /** A finished action; what had been undone is gone. The diff's arrays are not kept. */
  push(diff: DocumentDiff): void {
    for (const step of this.#undone) this.#sizeBytes -= step.sizeBytes;
    this.#undone = [];
    this.#labels = null;
    const step = packed(diff);
    this.#done.push(step);
    this.#sizeBytes += step.sizeBytes;
  }

  /** The diff that takes the last action back, without moving; null when there is none. */
  peekUndo(): DocumentDiff | null {
    const step = this.#done.at(-1);
    return step ? invertDiff(unpacked(step)) : null;
  }

  peekRedo(): DocumentDiff | null {
    const step = this.#undone.at(-1);
    return step ? unpacked(step) : null;
  }

  /** To be called after the diff of `peekUndo` was applied. */
  movedBack(): void {
    this.#labels = null;
    const step = this.#done.pop();
    if (step) this.#undone.push(step);
  }

  movedForward(): void {
    this.#labels = null;
    const step = this.#undone.pop();
    if (step) this.#done.push(step);
  }

  clear(): void {
    this.#labels = null;
    this.#done = [];
    this.#undone = [];
    this.#sizeBytes = 0;
  }

  get undoLabel(): string {
    return this.#done.at(-1)?.label ?? '';
  }

  get redoLabel(): string {
    return this.#undone.at(-1)?.label ?? '';
  }

  get canUndo(): boolean {
    return this.#done.length > 0;
  }

  get canRedo(): boolean {
    return this.#undone.length > 0;
  }

  /** Oldest first. */
  get labels(): readonly { label: string }[] {
    this.#labels ??= this.#done.map(({ label }) => ({ label }));
    return this.#labels;
  }

  get sizeBytes(): number {
    return this.#sizeBytes;
  }

  /** Regions that some step may bring back. */
  regionIds(): Set<RegionId> {
    const ids = new Set<RegionId>();
    for (const step of [...this.#done, ...this.#undone])
      for (const change of step.changes) ids.add(change.regionId);
    return ids;
  }
}

function packed(diff: DocumentDiff): PackedStep {
  let sizeBytes = 0;
  const pack = (words: Uint32Array | null): Uint8Array | null => {
    const bytes = words && encodeTile(words);
    sizeBytes += bytes?.byteLength ?? 0;
    return bytes;
  };
  const changes = diff.changes.map((change) => ({
    ...change,
    tiles: change.tiles.map((tile) => ({
      tileKey: tile.tileKey,
      before: pack(tile.before),
      after: pack(tile.after),
    })),
  }));
  return { label: diff.label, changes, sizeBytes: sizeBytes + changes.length * RECORD_BYTES };
}

function unpacked(step: PackedStep): DocumentDiff {
  const unpack = (tile: PackedTile): TileChange => ({
    tileKey: tile.tileKey,
    before: tile.before && decodeTile(tile.before),
    after: tile.after && decodeTile(tile.after),
  });
  const changes = step.changes.map((change) => ({ ...change, tiles: change.tiles.map(unpack) }));
  return { label: step.label, changes };
}
