// What an open project announces: the same events that windows receive. Listeners never stop the one who announces.

import type { EventWire } from '#shared/contract/wire.ts';

export type ProjectListener = (event: EventWire) => void;

export class ProjectEvents {
  readonly #listeners = new Set<ProjectListener>();

  /** Returns the function that ends the subscription. */
  on(listener: ProjectListener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  emit(event: EventWire): void {
    for (const listener of [...this.#listeners]) listener(event);
  }
}
