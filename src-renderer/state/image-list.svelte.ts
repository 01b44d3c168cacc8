// The filmstrip's list: any number of images, fetched a page at a time for what is in sight.

import type { ImageRecord } from '#shared/annotation/records.ts';
import type { ApiClient } from './api-client.ts';
import { Delayed } from './coalescer.ts';

export const PAGE_SIZE = 120;
/** Pages kept; far ones are dropped, so that a long scroll does not fill the memory. */
const MOST_PAGES = 24;

export type ImageFilter = 'all' | 'unreviewed' | 'todo' | 'in-progress' | 'done' | 'done-empty' | 'skipped';

export class ImageListState {
  total = $state(0);
  filter: ImageFilter = $state('all');
  search = $state('');
  /** By page number; a new map whenever one changes. */
  pages: ReadonlyMap<number, readonly ImageRecord[]> = $state.raw(new Map<number, readonly ImageRecord[]>());
  readonly #api: ApiClient;
  readonly #onError: (error: unknown) => void;
  readonly #loading = new Set<number>();
  readonly #reloadSoon = new Delayed(() => this.reload(), 250);
  #generation = 0;
  #visible = { first: 0, last: 0 };

  constructor(api: ApiClient, onError: (error: unknown) => void) {
    this.#api = api;
    this.#onError = onError;
  }

  at(index: number): ImageRecord | null {
    return this.pages.get(Math.floor(index / PAGE_SIZE))?.[index % PAGE_SIZE] ?? null;
  }

  /** Place of an image among the loaded pages, or null. */
  indexOf(imageId: number): number | null {
    for (const [page, images] of this.pages) {
      const place = images.findIndex((image) => image.id === imageId);
      if (place >= 0) return page * PAGE_SIZE + place;
    }
    return null;
  }

  /** Tells which images are in sight (both included); fetches what is missing. */
  show(first: number, last: number): void {
    this.#visible = { first, last };
    for (let page = Math.floor(first / PAGE_SIZE); page <= Math.floor(last / PAGE_SIZE); page++)
      if (!this.pages.has(page)) void this.#load(page);
  }

  setQuery(filter: ImageFilter, search: string): void {
    this.filter = filter;
    this.search = search;
    this.reload();
  }

  /** Many events in a row end in one reload. */
  changed = (): void => {
    this.#reloadSoon.request();
  };

  /** Fetches the visible pages anew; what is shown stays until the answer is here. */
  reload(): void {
    this.#generation += 1;
    this.#loading.clear();
    const firstPage = Math.floor(this.#visible.first / PAGE_SIZE);
    const lastPage = Math.floor(this.#visible.last / PAGE_SIZE);
    const kept = [...this.pages].filter(([page]) => page >= firstPage && page <= lastPage);
    this.pages = new Map(kept);
    for (let page = firstPage; page <= lastPage; page++) void this.#load(page);
  }

  /** One image changed: replaced in place. */
  apply(image: ImageRecord): void {
    for (const [page, images] of this.pages) {
      if (!images.some((item) => item.id === image.id)) continue;
      const changed = images.map((item) => (item.id === image.id ? image : item));
      this.pages = new Map(this.pages).set(page, changed);
    }
  }

  async #load(page: number): Promise<void> {
    if (this.#loading.has(page)) return;
    this.#loading.add(page);
    const generation = this.#generation;
    try {
      const answer = await this.#api.images({
        offset: page * PAGE_SIZE,
        limit: PAGE_SIZE,
        state: this.filter,
        search: this.search,
      });
      if (generation !== this.#generation) return;
      this.total = answer.total;
      const pages = new Map(this.pages);
      pages.delete(page);
      pages.set(page, answer.images);
      for (const oldest of pages.keys()) {
        if (pages.size <= MOST_PAGES) break;
        pages.delete(oldest);
      }
      this.pages = pages;
    } catch (error) {
      this.#onError(error);
    } finally {
      if (generation === this.#generation) this.#loading.delete(page);
    }
  }
}
