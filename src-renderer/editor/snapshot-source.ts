// Decides when listeners hear of changes: at once after a command, once a frame for what the pointer does.
// Must not know what a snapshot is made of.

import type { EditorSnapshot, Timers } from './editor-types.ts';

export class SnapshotSource {
  readonly #build: () => EditorSnapshot;
  readonly #timers: Timers;
  readonly #listeners = new Set<(snapshot: EditorSnapshot) => void>();
  #snapshot: EditorSnapshot | null = null;
  #batchDepth = 0;
  #isWaitingForFrame = false;

  constructor(build: () => EditorSnapshot, timers: Timers) {
    this.#build = build;
    this.#timers = timers;
  }

  subscribe(listener: (snapshot: EditorSnapshot) => void): () => void {
    this.#listeners.add(listener);
    listener(this.current());
    return () => this.#listeners.delete(listener);
  }

  current(): EditorSnapshot {
    this.#snapshot ??= this.#build();
    return this.#snapshot;
  }

  /** Everything that changes inside `run` is told once, at its end. */
  batch(run: () => void): void {
    this.#batchDepth++;
    try {
      run();
    } finally {
      this.#batchDepth--;
      if (this.#batchDepth === 0 && this.#snapshot === null) this.#publish();
    }
  }

  changed(): void {
    this.#snapshot = null;
    if (this.#batchDepth === 0) this.#publish();
  }

  /** For the pointer and the view: at most one call a frame. */
  changedThisFrame(): void {
    if (this.#isWaitingForFrame) return;
    this.#isWaitingForFrame = true;
    this.#timers.nextFrame(() => {
      this.#isWaitingForFrame = false;
      this.changed();
    });
  }

  #publish(): void {
    if (this.#listeners.size === 0) return;
    const snapshot = this.current();
    for (const listener of [...this.#listeners]) listener(snapshot);
  }
}
