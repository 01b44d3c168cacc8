// Tells every open window what changed. Owns nothing but the list of listeners.

import type { EventWire } from '#shared/contract/wire.ts';

export class EventBus {
  readonly #listeners = new Set<(event: EventWire) => void>();

  publish(event: EventWire): void {
    for (const listener of [...this.#listeners]) listener(event);
  }

  /** @returns a function that ends the subscription. */
  subscribe(listener: (event: EventWire) => void): () => void {
    this.#listeners.add(listener);
    return () => {
      this.#listeners.delete(listener);
    };
  }
}
