// Writes where the user is (image, zoom, selection, tool) into the project, so that a reload comes back to it.

import { Delayed } from './coalescer.ts';

export interface ViewKeeperDeps {
  read: () => { imageId: number | null; json: string } | null;
  write: (imageId: number | null, json: string) => Promise<unknown>;
  delayMs?: number;
}

export class ViewKeeper {
  readonly #deps: ViewKeeperDeps;
  readonly #soon: Delayed;
  #lastWritten = '';

  constructor(deps: ViewKeeperDeps) {
    this.#deps = deps;
    this.#soon = new Delayed(() => this.#write(), deps.delayMs ?? 400);
  }

  changed = (): void => {
    this.#soon.request();
  };

  flush = (): void => {
    this.#soon.flush();
  };

  #write(): void {
    const view = this.#deps.read();
    if (view === null) return;
    const text = `${String(view.imageId)} ${view.json}`;
    if (text === this.#lastWritten) return;
    this.#lastWritten = text;
    // Losing a view is harmless, and an unreachable server is reported by the event stream.
    this.#deps.write(view.imageId, view.json).catch(() => {
      this.#lastWritten = '';
    });
  }
}
