// Decoded feature files of the images looked at last, so that asking again about the open image reads nothing.
// A file that changed on disk is read again.

import { stat } from 'node:fs/promises';
import type { DenseFeatures } from '#main/workers/messages.ts';
import { readFeatureFile } from './feature-file.ts';

interface CachedFile {
  sizeBytes: number;
  modifiedMs: number;
  features: DenseFeatures;
}

export class FeatureCache {
  readonly #maxBytes: number;
  /** Least recently used first. */
  readonly #files = new Map<string, CachedFile>();

  /** @param maxBytes budget of the decoded values; the file used last is kept in any case */
  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  /** The features of a file, or null when it is missing or damaged. */
  async read(path: string): Promise<DenseFeatures | null> {
    const known = this.#files.get(path);
    this.#files.delete(path);
    const state = await stat(path).catch(() => null);
    if (state === null) return null;
    if (known?.sizeBytes === state.size && known.modifiedMs === state.mtimeMs) {
      this.#files.set(path, known);
      return known.features;
    }
    const stored = await readFeatureFile(path);
    if (stored === null) return null;
    const { features } = stored;
    this.#files.set(path, { sizeBytes: state.size, modifiedMs: state.mtimeMs, features });
    this.#dropOldest();
    return features;
  }

  #dropOldest(): void {
    let bytes = 0;
    for (const file of this.#files.values()) bytes += file.features.values.byteLength;
    for (const [path, file] of this.#files) {
      if (bytes <= this.#maxBytes || this.#files.size === 1) return;
      this.#files.delete(path);
      bytes -= file.features.values.byteLength;
    }
  }
}
