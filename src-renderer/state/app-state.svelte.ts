// Composition of the view models of one window, and what joins them: start, server events, opening a project.
// Components get it from the context; tests build their own.

import { createContext } from 'svelte';
import type { AppInfo, EventWire, JobWire } from '#shared/contract/wire.ts';
import { AppError } from '#shared/errors.ts';
import { Editor } from '../editor/editor.ts';
import { editorCommands } from '../editor/editor-commands.ts';
import type { KeyCommand } from '../editor/keymap.ts';
import { ApiClient } from './api-client.ts';
import { appKeyCommands } from './app-keys.ts';
import { Coalescer, Delayed } from './coalescer.ts';
import { DialogState } from './dialogs.svelte.ts';
import { EditorView } from './editor-view.svelte.ts';
import { EventStream } from './event-stream.ts';
import { ImageListState } from './image-list.svelte.ts';
import { isUnderWay, JobsState } from './jobs.svelte.ts';
import { ModelsState } from './models.svelte.ts';
import { Navigator } from './navigator.svelte.ts';
import { PictureLoader } from './picture-loader.ts';
import { Preferences } from './preferences.svelte.ts';
import { ProjectState } from './project.svelte.ts';
import { SessionState } from './session.svelte.ts';
import { Toasts } from './toasts.svelte.ts';
import { ViewKeeper } from './view-keeper.ts';
import { VocabularyState } from './vocabulary.svelte.ts';

/** Counts follow a batch at this pace, however fast it is. */
const COUNTS_DELAY_MS = 150;

/** How often a read-only window asks whether the editing one is gone. */
const CLAIM_EVERY_MS = 3000;

export const [getApp, setApp] = createContext<AppState>();

export class AppState {
  info: AppInfo | null = $state.raw(null);
  /** Why the window could not start; the server is asked again until it answers. */
  isConnected = $state(true);
  readonly api: ApiClient;
  readonly toasts = new Toasts();
  readonly dialogs = new DialogState();
  readonly preferences: Preferences;
  readonly session: SessionState;
  readonly project: ProjectState;
  readonly images: ImageListState;
  readonly jobs: JobsState;
  readonly models: ModelsState;
  readonly view: EditorView;
  readonly navigator: Navigator;
  readonly vocabulary: VocabularyState;
  readonly keyCommands: readonly KeyCommand[];
  readonly #events: EventStream;
  readonly #viewKeeper: ViewKeeper;
  readonly #projectRefresh: Delayed;

  constructor(api = new ApiClient(), storages = { local: localStorage, session: sessionStorage }) {
    const onError = this.toasts.error;
    this.api = api;
    this.preferences = new Preferences(storages.local);
    this.session = new SessionState(api, storages.session);
    this.project = new ProjectState(api);
    this.images = new ImageListState(api, onError);
    this.jobs = new JobsState(api);
    this.models = new ModelsState(api);
    this.#viewKeeper = this.#createViewKeeper();
    this.view = new EditorView(this.#createEditor(), this.#viewKeeper.changed);
    this.navigator = this.#createNavigator();
    this.vocabulary = this.#createVocabulary();
    this.keyCommands = [...editorCommands(this.view.editor), ...appKeyCommands(this)];
    const refresh = new Coalescer(async () => void (await this.project.refresh()), onError);
    this.#projectRefresh = new Delayed(refresh.request, COUNTS_DELAY_MS);
    this.#events = new EventStream({
      onEvent: (event) => this.#handle(event),
      onOpen: (isAgain) => this.#connected(isAgain),
      onLost: () => {
        this.isConnected = false;
      },
    });
  }

  async start(): Promise<void> {
    this.info = await this.api.app();
    const sessionId = await this.session.open();
    this.#events.connect(sessionId);
    setInterval(() => this.#claimIfFree(), CLAIM_EVERY_MS);
    // First, so that the note about the model is there before the canvas gets its size; a broken model folder must
    // not keep the project closed.
    await this.models.refresh().catch(this.toasts.error);
    await this.#loadProject();
  }

  /** Runs an action of the interface; what it throws is shown. */
  run = (action: () => Promise<unknown>): void => {
    action().catch(this.toasts.error);
  };

  async openProject(folder: string, storageFolder: string | null = null): Promise<void> {
    try {
      await this.view.editor.whenSaved();
      await this.api.openProject(folder, storageFolder);
      this.dialogs.close();
      await this.#loadProject();
    } catch (error) {
      if (!(error instanceof AppError && error.code === 'project/read-only')) throw error;
      this.dialogs.open({ name: 'read-only-folder', folder });
    }
  }

  async closeProject(): Promise<void> {
    await this.view.editor.whenSaved();
    await this.api.closeProject();
    await this.#loadProject();
  }

  async takeOver(): Promise<void> {
    this.#events.connect(await this.session.open(true));
    this.view.editor.setReadOnly(!this.session.isOwner);
    await this.#reopenImage();
  }

  /** A window that only looks becomes the editing one when the other is closed. */
  #claimIfFree(): void {
    if (this.session.isOwner || !this.isConnected) return;
    this.run(async () => {
      const sessionId = await this.session.claim();
      if (sessionId === null) return;
      this.#events.connect(sessionId);
      this.view.editor.setReadOnly(false);
      await this.#reopenImage();
    });
  }

  /** First names typed: the open image first, then the whole folder in the background. */
  async addCategories(text: string): Promise<number> {
    const isFirst = this.project.categories.length === 0;
    const added = await this.vocabulary.add(text);
    this.view.editor.setCategories(this.project.categories);
    this.#chooseCategory();
    if (isFirst && added > 0 && this.models.wire.active !== null && this.jobs.prelabel === null)
      await this.startPrelabel();
    return added;
  }

  /** Offers masks in the whole folder, in the background. */
  async startPrelabel(): Promise<void> {
    await this.jobs.startPrelabel();
    this.vocabulary.isFolderStale = false;
  }

  /** Regions came in from a file: everything that shows regions is read anew. */
  async afterImport(): Promise<void> {
    this.images.changed();
    await this.#categoriesChanged();
    await this.#reopenImage();
  }

  /** Ctrl+S: saving is always on; this only says so. */
  async confirmSaved(): Promise<void> {
    this.view.send({ kind: 'retry-save' });
    await this.view.editor.whenSaved();
    this.toasts.success('Everything is saved', 'Every finished step goes into the project by itself.');
  }

  /** The page goes away: what is not yet written is sent, and a reload may come back as the same window. */
  leave(): void {
    this.#viewKeeper.flush();
    this.session.leave();
  }

  #createEditor(): Editor {
    return new Editor({
      saveEdit: (imageId, request) => this.api.postEdit(imageId, request),
      onImageSaved: (image) => {
        this.navigator.applyRecord(image);
        this.#projectRefresh.request();
      },
      onNotice: (notice) => this.toasts.show({ level: notice.level, title: notice.message, message: '' }),
    });
  }

  #createViewKeeper(): ViewKeeper {
    return new ViewKeeper({
      read: () =>
        this.session.isOwner && this.project.wire !== null && this.view.imageId !== null
          ? { imageId: this.view.imageId, json: this.view.editor.viewState() }
          : null,
      write: (imageId, json) => this.api.putView(imageId, json),
    });
  }

  #createNavigator(): Navigator {
    return new Navigator({
      api: this.api,
      view: this.view,
      images: this.images,
      pictures: new PictureLoader(),
      onOpened: (image) => {
        this.vocabulary.imageOpened(image.id, image.regionCount + image.proposalCount > 0);
        this.#viewKeeper.changed();
      },
      onError: this.toasts.error,
      notify: (message) => this.toasts.info(message),
    });
  }

  #createVocabulary(): VocabularyState {
    return new VocabularyState({
      api: this.api,
      project: this.project,
      openImageId: () => this.#labelledImageId(),
      onProposals: (annotations) => this.view.editor.mergeProposals(annotations),
      onError: this.toasts.error,
      nextFrame: (run) => requestAnimationFrame(run),
    });
  }

  /** The open image if labelling it makes sense: it can be read, is not finished, and this window may write. */
  #labelledImageId(): number | null {
    const image = this.navigator.current;
    if (image === null || this.navigator.problem !== null || !this.session.isOwner) return null;
    if (this.models.wire.active === null) return null;
    return image.state === 'todo' || image.state === 'in-progress' ? image.id : null;
  }

  async #loadProject(): Promise<void> {
    const folderBefore = this.project.wire?.folder;
    const isOpen = await this.project.refresh();
    const { editor } = this.view;
    if (this.project.wire?.folder !== folderBefore) {
      this.navigator.close();
      if (folderBefore !== undefined) editor.closeProject();
    }
    editor.setReadOnly(!this.session.isOwner);
    if (!isOpen) return;
    this.#applyProject();
    await this.jobs.refresh();
    this.images.setQuery('all', '');
    await this.#restoreView();
  }

  #applyProject(): void {
    const { editor } = this.view;
    editor.setCategories(this.project.categories);
    const mode = this.project.wire?.settings.overlapMode;
    if (mode !== undefined && mode !== this.view.snapshot.overlapMode)
      this.view.send({ kind: 'set-overlap-mode', mode });
    this.#chooseCategory();
  }

  /** Brushes need a class; without a choice it is the first one. */
  #chooseCategory(): void {
    const [first] = this.project.categories;
    const active = this.view.activeCategoryId;
    if (first !== undefined && (active === null || !this.project.byId.has(active)))
      this.view.send({ kind: 'set-active-category', categoryId: first.id });
  }

  async #restoreView(): Promise<void> {
    const view = this.project.wire?.view;
    if (view === undefined || this.navigator.current !== null) return;
    this.view.editor.restoreView(view.json);
    const imageId =
      view.imageId ??
      (await this.api.nextImage({ after: null, direction: 'forward', filter: 'all' })).imageId;
    if (imageId !== null) await this.navigator.open(imageId);
    this.#chooseCategory();
  }

  async #reopenImage(): Promise<void> {
    if (this.navigator.current !== null)
      await this.navigator.open(this.navigator.current.id, this.navigator.index);
  }

  #connected(isAgain: boolean): void {
    this.isConnected = true;
    if (isAgain) this.run(() => this.#afterReconnect());
  }

  /** Events may have been missed, and a server that was started again knows no session. */
  async #afterReconnect(): Promise<void> {
    const before = this.api.sessionId;
    const sessionId = await this.session.open();
    if (sessionId !== before) this.#events.connect(sessionId);
    this.view.send({ kind: 'retry-save' });
    await Promise.all([this.models.refresh(), this.#loadProject()]);
  }

  #handle(event: EventWire): void {
    switch (event.type) {
      case 'hello':
      case 'session':
        this.session.ownerChanged(event.type === 'hello' ? event.sessionOwner : event.owner);
        this.view.editor.setReadOnly(!this.session.isOwner);
        return;
      case 'job':
        return this.#jobChanged(event.job);
      case 'images-changed':
        this.images.changed();
        this.#projectRefresh.request();
        return this.run(() => this.#imagesChanged());
      case 'image':
        this.navigator.applyRecord(event.image);
        return this.#projectRefresh.request();
      case 'annotations':
        return this.run(() => this.#annotationsChanged(event.imageId, event.cause));
      case 'categories':
        return this.run(() => this.#categoriesChanged());
      case 'models':
        return this.run(() => this.#modelsChanged());
      case 'project-opened':
        return this.run(() => this.#loadProject());
      case 'project-closed':
        if (event.message !== '') this.toasts.info(event.message);
        return this.run(() => this.#loadProject());
      case 'notice':
        this.toasts.show({ level: event.level, title: event.message, message: '' });
    }
  }

  /** The scan of a folder goes on after the project is open. */
  async #imagesChanged(): Promise<void> {
    await this.navigator.refreshCurrent();
    if (this.navigator.current === null && !this.navigator.isLoading && this.project.wire !== null)
      await this.#restoreView();
  }

  /** Proposals of a batch are merged; changed regions (an import, another window) open the image anew. */
  async #annotationsChanged(imageId: number, cause: string): Promise<void> {
    if (imageId !== this.view.imageId || cause === 'edit' || cause === 'relabel') return;
    if (cause === 'prelabel') this.view.editor.mergeProposals(await this.api.annotations(imageId));
    else await this.#reopenImage();
  }

  async #categoriesChanged(): Promise<void> {
    await this.project.refresh();
    this.view.editor.setCategories(this.project.categories);
    this.#chooseCategory();
  }

  async #modelsChanged(): Promise<void> {
    const before = this.models.wire.active?.modelId;
    await this.models.refresh();
    if (before !== undefined && this.models.wire.active?.modelId !== before) this.vocabulary.changed();
  }

  #jobChanged(job: JobWire): void {
    const before = this.jobs.apply(job);
    if (before === null || !isUnderWay(before) || isUnderWay(job)) return;
    this.images.changed();
    this.#projectRefresh.request();
    if (job.state === 'failed')
      this.toasts.show({ level: 'error', title: 'The work stopped', message: job.message });
    if (job.kind !== 'prelabel' || job.state !== 'done') return;
    if (job.failures.length === 0) this.toasts.success('Pre-labelling is done', `${job.done} images`);
    else
      this.toasts.show({
        level: 'warning',
        title: `${job.failures.length} of ${job.total} images could not be labelled`,
        message: job.failures[0]?.message ?? '',
        action: { label: 'Show them', run: () => this.dialogs.open({ name: 'problems' }) },
      });
  }
}
