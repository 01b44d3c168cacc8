// Which image is open and how to reach the next one. Owns loading and the review state; the queue is the filmstrip's
// list. Knows nothing of components.

import type { ImageRecord, ReviewState } from '#shared/annotation/records.ts';
import type { ApiClient } from './api-client.ts';
import type { EditorView } from './editor-view.svelte.ts';
import type { ImageListState } from './image-list.svelte.ts';
import type { PictureLoader } from './picture-loader.ts';
import { explainError } from './explain-error.ts';

export interface NavigatorDeps {
  api: ApiClient;
  view: EditorView;
  images: ImageListState;
  pictures: PictureLoader;
  onOpened: (image: ImageRecord) => void;
  onError: (error: unknown) => void;
  notify: (message: string) => void;
}

export class Navigator {
  current: ImageRecord | null = $state.raw(null);
  /** Place in the filmstrip's list, 0-based; null while unknown. */
  index: number | null = $state(null);
  isLoading = $state(false);
  /** Why the open image cannot be shown. */
  problem: { title: string; message: string } | null = $state.raw(null);
  readonly #deps: NavigatorDeps;
  #ticket = 0;
  #picture: ImageBitmap | null = null;

  constructor(deps: NavigatorDeps) {
    this.#deps = deps;
  }

  /** Opens an image; a later call overtakes an earlier one. */
  async open(imageId: number, index: number | null = null): Promise<void> {
    const ticket = ++this.#ticket;
    const { api, view } = this.#deps;
    this.isLoading = true;
    this.index = index ?? this.#deps.images.indexOf(imageId);
    try {
      if (view.editor.hasUnsavedEdits() && view.imageId !== imageId) await view.editor.whenSaved();
      const [record, annotations] = await Promise.all([api.image(imageId), api.annotations(imageId)]);
      if (ticket !== this.#ticket) return;
      this.current = record;
      this.problem = problemOf(record);
      if (isHeaderUnread(record)) return void (await this.refreshCurrent());
      view.editor.openImage({ record, picture: null, annotations });
      this.#deps.onOpened(record);
      if (this.problem === null) await this.#loadPicture(record, ticket);
      if (ticket === this.#ticket) void this.#findPlaceAndPrefetch(record, ticket);
    } catch (error) {
      if (ticket === this.#ticket) this.#deps.onError(error);
    } finally {
      if (ticket === this.#ticket) this.isLoading = false;
    }
  }

  close(): void {
    this.#ticket += 1;
    this.current = null;
    this.index = null;
    this.problem = null;
    this.isLoading = false;
    this.#deps.view.editor.closeImage();
  }

  /** Next or previous image of the filmstrip's list; with `unreviewed`, of those that wait for review. */
  async step(direction: 1 | -1, unreviewed = false): Promise<void> {
    const { images, api } = this.#deps;
    if (!unreviewed && this.index !== null && (images.filter !== 'all' || images.search !== '')) {
      const neighbour = images.at(this.index + direction);
      if (neighbour !== null) await this.open(neighbour.id, this.index + direction);
      else this.#deps.notify(endOfListText(direction));
      return;
    }
    const answer = await api.nextImage({
      after: this.current?.id ?? null,
      direction: direction === 1 ? 'forward' : 'backward',
      filter: unreviewed ? 'unreviewed' : 'all',
    });
    if (answer.imageId === null || answer.imageId === this.current?.id)
      this.#deps.notify(unreviewed ? 'Every image has been reviewed.' : endOfListText(direction));
    else await this.open(answer.imageId, images.filter === 'all' ? answer.index : null);
  }

  async setState(state: ReviewState): Promise<void> {
    const { current } = this;
    if (current === null) return;
    await this.#deps.view.editor.whenSaved();
    this.applyRecord(await this.#deps.api.setImageState(current.id, state));
  }

  /** Done, or done-empty when nothing is annotated; then on to the next image that waits for review. */
  async markDoneAndNext(): Promise<void> {
    if (this.current === null) return;
    await this.setState(this.#deps.view.regionCount === 0 ? 'done-empty' : 'done');
    await this.step(1, true);
  }

  async skipAndNext(): Promise<void> {
    if (this.current === null) return;
    await this.setState('skipped');
    await this.step(1, true);
  }

  /** An image's record changed, here or on the server. A file that became readable, or another one, is opened anew. */
  applyRecord(image: ImageRecord): void {
    this.#deps.images.apply(image);
    const before = this.current;
    if (before?.id !== image.id) return;
    this.current = image;
    if (isOtherFile(before, image)) void this.open(image.id, this.index);
  }

  /** Asks whether the open image changed; headers are read after a folder was opened, in the background. */
  async refreshCurrent(): Promise<void> {
    const { current } = this;
    if (current !== null) this.applyRecord(await this.#deps.api.image(current.id));
  }

  /** Decoded pictures are tens of megabytes: the one before goes at once, not when the garbage collector comes. */
  #show(picture: ImageBitmap): void {
    this.#deps.view.editor.setPicture(picture);
    this.#picture?.close();
    this.#picture = picture;
  }

  async #loadPicture(record: ImageRecord, ticket: number): Promise<void> {
    try {
      const picture = await this.#deps.pictures.load(record);
      if (ticket === this.#ticket) this.#show(picture);
      else picture.close();
    } catch (error) {
      if (ticket === this.#ticket) this.problem = explainError(error);
    }
  }

  async #findPlaceAndPrefetch(record: ImageRecord, ticket: number): Promise<void> {
    const { api, images, pictures } = this.#deps;
    const next = await api.nextImage({ after: record.id, direction: 'forward', filter: 'all' });
    if (ticket !== this.#ticket) return;
    if (images.filter === 'all' && images.search === '')
      this.index = next.index === null ? Math.max(0, images.total - 1) : next.index - 1;
    if (next.imageId === null) return;
    const following = await api.image(next.imageId);
    if (ticket === this.#ticket && problemOf(following) === null) pictures.prefetch(following);
  }
}

/** Found in the folder, but not looked into yet: its size is not known. */
function isHeaderUnread(record: ImageRecord): boolean {
  return record.widthPx === 0 && record.problem === null && !record.isMissing;
}

function isOtherFile(before: ImageRecord, after: ImageRecord): boolean {
  return (
    before.widthPx !== after.widthPx ||
    before.heightPx !== after.heightPx ||
    before.modifiedMs !== after.modifiedMs ||
    before.isMissing !== after.isMissing ||
    (before.problem === null) !== (after.problem === null)
  );
}

function problemOf(record: ImageRecord): { title: string; message: string } | null {
  if (record.problem !== null)
    return { title: 'This image cannot be shown', message: record.problem.message };
  if (!record.isMissing) return null;
  return {
    title: 'The file has gone from the folder',
    message: 'Its annotations are kept. Put the file back, or drop the image and its annotations.',
  };
}

function endOfListText(direction: 1 | -1): string {
  return direction === 1 ? 'This is the last image.' : 'This is the first image.';
}
