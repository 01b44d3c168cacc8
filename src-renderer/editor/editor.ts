// The editor of one project window: the open image's document, tools, history and saving behind one small door.
// Panels read snapshots and dispatch commands; must not know Svelte or the network.

import type { DocumentDiff } from '#shared/annotation/diff.ts';
import type { Category, ImageRecord, RegionId } from '#shared/annotation/records.ts';
import type { AnnotationsWire } from '#shared/contract/wire.ts';
import type { TileMask } from '#shared/mask/tile-mask.ts';
import type { CanvasPointerEvent } from '#renderer/canvas/canvas-input.ts';
import { DisplayModel } from './display-model.ts';
import { isDocumentCommand, runDocumentCommand, type DocumentCommand } from './document-commands.ts';
import type { RegionEntry } from './document-store.ts';
import { DEFAULT_SETTINGS, reduceSettings, type EditorSettings } from './editor-settings.ts';
import type {
  EditorCommand,
  EditorDeps,
  EditorSnapshot,
  ImagePoint,
  OpenImageRequest,
  Picture,
  ScreenPoint,
} from './editor-types.ts';
import { mergeProposals, SessionBook, type ImageSession } from './image-session.ts';
import { SaveQueue } from './save-queue.ts';
import { SnapshotSource } from './snapshot-source.ts';
import { StepRecorder } from './step-recorder.ts';
import { realTimers } from './timers.ts';
import { ToolBench } from './tool-bench.ts';
import { viewStateFromJson, viewStateToJson, type ViewState } from './view-state.ts';
import { ViewBench } from './view-bench.ts';

export class Editor {
  readonly #deps: EditorDeps;
  readonly #snapshots: SnapshotSource;
  readonly #queue: SaveQueue;
  readonly #sessions: SessionBook;
  readonly #display = new DisplayModel();
  readonly #steps: StepRecorder;
  readonly #tools: ToolBench;
  readonly #view: ViewBench;
  #settings: EditorSettings = DEFAULT_SETTINGS;
  #categories: readonly Category[] = [];
  #record: ImageRecord | null = null;
  #session: ImageSession | null = null;
  #selection: readonly RegionId[] = [];
  #isReadOnly = false;
  #lateProposals: AnnotationsWire | null = null;
  #wantedView: Partial<ViewState> | null = null;

  constructor(deps: EditorDeps) {
    const timers = deps.timers ?? realTimers;
    this.#deps = deps;
    this.#snapshots = new SnapshotSource(() => this.#buildSnapshot(), timers);
    this.#queue = new SaveQueue({
      send: (imageId, request) => deps.saveEdit(imageId, request),
      timers,
      onChange: () => this.#snapshots.changed(),
      onSaved: (imageId, response) => {
        this.#sessions.saved(imageId, response.revision);
        deps.onImageSaved?.(response.image);
      },
    });
    this.#sessions = new SessionBook((imageId, regionId) => this.#hasPending(imageId, regionId));
    this.#steps = new StepRecorder({
      newId: () => this.#newId(),
      save: (imageId, request) => this.#queue.add(imageId, request),
      tilesChanged: (changes, widthPx) => this.#display.tilesChanged(changes, widthPx),
      onNotice: (notice) => deps.onNotice?.(notice),
    });
    this.#tools = new ToolBench(this.#toolHost());
    this.#view = new ViewBench({
      onPointer: (event) => this.pointer(event),
      onBrushSteps: (steps) => this.dispatch({ kind: 'step-brush-radius', steps }),
      onBrushDrag: (radiusDeltaPx) => {
        const radiusImagePx = this.#settings.brushRadiusImagePx + radiusDeltaPx;
        this.dispatch({ kind: 'set-brush-radius', radiusImagePx });
      },
      onViewChange: () => this.#snapshots.changedThisFrame(),
      onProblem: (message) => deps.onNotice?.({ level: 'error', message }),
      overlayShapes: () => this.#tools.shapes(),
      cursor: () => this.#tools.cursor,
    });
  }

  /** Calls `listener` at once and after every change; the answer unsubscribes. */
  subscribe(listener: (snapshot: EditorSnapshot) => void): () => void {
    return this.#snapshots.subscribe(listener);
  }

  /** The same object until something changes. */
  snapshot(): EditorSnapshot {
    return this.#snapshots.current();
  }

  dispatch(command: EditorCommand): void {
    this.#act(() => this.#run(command));
  }

  /** What the canvas reports; tests and scripts may report it too. */
  pointer(event: CanvasPointerEvent): void {
    this.#act(() => this.#tools.pointer(event));
  }

  /**
   * Shows an image. Its undo history and view, if it was open before in this project, come back. Opening the open
   * image again takes over what the server holds and leaves view and selection alone.
   */
  openImage(request: OpenImageRequest): void {
    this.#snapshots.batch(() => {
      const { record, annotations, picture } = request;
      const isAgain = this.#record?.id === record.id;
      this.#leaveImage();
      this.#record = record;
      this.#session = this.#sessions.open(record, annotations);
      this.#selection = isAgain ? this.#selection : [];
      this.#display.reset();
      this.#view.setImage(record, picture, isAgain ? this.#view.place() : this.#session.place);
      this.#applyWantedView();
      this.#documentChanged();
    });
  }

  /** Hands over the decoded picture when it was not ready at `openImage`. */
  setPicture(picture: Picture): void {
    this.#view.setPicture(picture);
  }

  closeImage(): void {
    this.#snapshots.batch(() => {
      this.#leaveImage();
      this.#record = null;
      this.#session = null;
      this.#selection = [];
      this.#view.clearImage();
      this.#snapshots.changed();
    });
  }

  /** The project was closed: forgets documents, histories and classes. Edits not yet saved are still sent. */
  closeProject(): void {
    this.closeImage();
    this.#sessions.clear();
    this.#wantedView = null;
    this.setCategories([]);
  }

  /** New proposals of the open image replace the old ones; regions and history stay. Ignored for other images. */
  mergeProposals(annotations: AnnotationsWire): void {
    const session = this.#session;
    if (!session || annotations.imageId !== session.imageId) return;
    if (this.#tools.isPainting) {
      this.#lateProposals = annotations;
      return;
    }
    mergeProposals(session, annotations, (regionId) => this.#hasPending(session.imageId, regionId));
    this.#snapshots.batch(() => this.#documentChanged());
  }

  /** Colours, order (digit keys) and kinds of the classes. */
  setCategories(categories: readonly Category[]): void {
    this.#categories = [...categories].sort((a, b) => a.order - b.order);
    this.#display.setCategories(categories);
    const active = this.#settings.activeCategoryId;
    const isGone = active !== null && !categories.some(({ id }) => id === active);
    if (isGone || active === null) {
      this.#settings = { ...this.#settings, activeCategoryId: this.#categories[0]?.id ?? null };
    }
    this.#snapshots.batch(() => this.#documentChanged());
  }

  setReadOnly(isReadOnly: boolean): void {
    this.#isReadOnly = isReadOnly;
    this.#snapshots.changed();
  }

  /** Puts the canvas into `container` (positioned and sized by CSS); the answer takes it out again. */
  attachCanvas(container: HTMLElement): () => void {
    const detach = this.#view.attach(container, this.#record);
    this.#display.setCanvas(this.#view.maskCanvas);
    this.#snapshots.batch(() => this.#documentChanged());
    return () => {
      this.#display.setCanvas(null);
      detach();
    };
  }

  /** Zoom, position, selection, tool and brush as JSON for PUT /api/project/view. */
  viewState(): string {
    const { tool, activeCategoryId, brushRadiusImagePx, overlapMode, opacity, outlineOnly } = this.#settings;
    return viewStateToJson({
      imageId: this.#record?.id ?? null,
      place: this.#view.place(),
      selection: [...this.#selection],
      ...{ tool, activeCategoryId, brushRadiusImagePx, overlapMode, opacity, outlineOnly },
    });
  }

  /** Accepts what `viewState` gave, at once or when its image opens; anything unreadable is ignored. */
  restoreView(json: string): void {
    const state = viewStateFromJson(json);
    if (!state) return;
    const { imageId: _imageId, place: _place, selection: _selection, ...settings } = state;
    this.#snapshots.batch(() => {
      this.#settings = { ...this.#settings, ...settings };
      this.#wantedView = state;
      this.#applyWantedView();
      this.#documentChanged();
    });
  }

  hasUnsavedEdits(): boolean {
    return this.#queue.state !== 'saved';
  }

  /** Resolves when every finished action has been stored. */
  whenSaved(): Promise<void> {
    return this.#queue.whenIdle();
  }

  /** The mask of one region of the open image; read only. */
  maskOf(regionId: RegionId): TileMask | null {
    return this.#session?.document.entry(regionId)?.mask ?? null;
  }

  /** Undo steps of all images of the project, in bytes. */
  get historyBytes(): number {
    return this.#sessions.historyBytes;
  }

  /** True while the arrow keys steer a cursor over the image. */
  get hasKeyboardCursor(): boolean {
    return this.#tools.hasKeyboardCursor;
  }

  /** CSS pixels in the canvas container; null without a canvas. */
  screenFromImage(point: ImagePoint): ScreenPoint | null {
    return this.#view.screenFromImage(point);
  }

  /** Test hook: draws and reads one pixel of the WebGL canvas (RGBA 0..255); null without a canvas. */
  readPixel(point: ScreenPoint): [number, number, number, number] | null {
    return this.#view.readPixel(point);
  }

  /** Test hook: milliseconds from the pointer event's handler to the upload of the changed texels, newest last. */
  get lastStrokeTimings(): readonly number[] {
    return this.#view.timingsMs;
  }

  /** Runs something the user did; a gesture that began or ended by it is news even if no record changed. */
  #act(run: () => void): void {
    this.#snapshots.batch(() => {
      const { isActive, polygonVertexCount } = this.#tools;
      run();
      const isNews =
        isActive !== this.#tools.isActive || polygonVertexCount !== this.#tools.polygonVertexCount;
      if (isNews) this.#snapshots.changed();
    });
  }

  #run(command: EditorCommand): void {
    if (isDocumentCommand(command)) this.#runOnDocument(command);
    else if (!this.#runOnSelection(command)) this.#runOnTools(command);
    const settings = reduceSettings(this.#settings, command);
    if (settings === this.#settings) return;
    if (settings.tool !== this.#settings.tool && !this.#tools.leave()) return;
    const { hiddenRegionIds, hiddenCategoryIds } = this.#settings;
    this.#settings = settings;
    const isShowingOthers =
      settings.hiddenRegionIds !== hiddenRegionIds || settings.hiddenCategoryIds !== hiddenCategoryIds;
    if (isShowingOthers) this.#documentChanged();
    else this.#settingsChanged();
  }

  #runOnTools(command: EditorCommand): void {
    switch (command.kind) {
      case 'undo':
        return this.#undo();
      case 'redo':
        return this.#redo();
      case 'assign-category-at': {
        const category = this.#categories[command.index];
        if (category) this.dispatch({ kind: 'assign-category', categoryId: category.id });
        return undefined;
      }
      case 'retry-save':
        return this.#queue.retryNow();
      case 'set-panning':
        return this.#view.setPanning(command.on);
      case 'reveal-region': {
        const box = this.#session?.document.entry(command.regionId)?.record.box;
        return box && this.#view.reveal(box);
      }
      case 'finish':
        return this.#tools.finish() ? undefined : this.dispatch({ kind: 'accept' });
      case 'step-back':
        return this.#tools.stepBack() ? undefined : this.dispatch({ kind: 'reject' });
      case 'cancel':
        return this.#cancel();
      default:
        if (!this.#view.run(command)) this.#tools.run(command);
        return undefined;
    }
  }

  #runOnDocument(command: DocumentCommand): void {
    const session = this.#session;
    if (!session || this.#tools.isPainting) return;
    if (command.kind === 'assign-category' && this.#selection.length === 0) return;
    if (!this.#canEdit()) return;
    const { document } = session;
    const firstMerged = command.kind === 'merge' ? (command.regionIds ?? this.#selection)[0] : undefined;
    const input = {
      document,
      selection: this.#selection,
      isHidden: (entry: RegionEntry) => this.#isHidden(entry),
    };
    const diff = runDocumentCommand(command, input);
    if (!diff) return;
    this.#recordStep(diff);
    if (firstMerged !== undefined) this.#select([firstMerged]);
  }

  #runOnSelection(command: EditorCommand): boolean {
    switch (command.kind) {
      case 'select':
        this.#select(combined(this.#selection, command.regionIds, command.mode ?? 'replace'));
        return true;
      case 'select-all':
        this.#select(this.#visibleEntries().map(({ record }) => record.id));
        return true;
      case 'clear-selection':
        this.#select([]);
        return true;
      case 'select-next':
        this.#selectNext(command.step);
        return true;
      case 'pick-category': {
        const categoryId = this.#tools.topmostAtPointer()?.record.categoryId;
        if (categoryId !== undefined) this.dispatch({ kind: 'set-active-category', categoryId });
        return true;
      }
      default:
        return false;
    }
  }

  #selectNext(step: 1 | -1): void {
    const entries = this.#visibleEntries();
    const current = entries.findIndex(({ record }) => record.id === this.#selection.at(-1));
    const start = current < 0 && step < 0 ? 0 : current;
    const next = entries[(start + step + entries.length) % Math.max(1, entries.length)];
    if (!next) return;
    this.#select([next.record.id]);
    this.#view.reveal(next.record.box);
  }

  #cancel(): void {
    if (this.#tools.cancel()) return;
    if (this.#selection.length > 0) this.#select([]);
    else this.dispatch({ kind: 'set-tool', tool: 'select' });
  }

  /** In mid-stroke undo drops the stroke; in a polygon it takes the last vertex back. */
  #undo(): void {
    if (this.#tools.undoGesture() || !this.#session || !this.#canEdit()) return;
    this.#steps.undo(this.#session);
    this.#documentChanged();
  }

  #redo(): void {
    if (this.#tools.isPainting || !this.#session || !this.#canEdit()) return;
    this.#steps.redo(this.#session);
    this.#documentChanged();
  }

  #recordStep(diff: DocumentDiff, isShown = false): void {
    if (!this.#session) return;
    this.#steps.record(this.#session, diff, isShown);
    this.#documentChanged();
  }

  #toolHost(): ConstructorParameters<typeof ToolBench>[0] {
    return {
      document: () => this.#session?.document ?? null,
      settings: () => this.#settings,
      selection: () => this.#selection,
      activeCategory: () => this.#categories.find(({ id }) => id === this.#settings.activeCategoryId) ?? null,
      screenScale: () => this.#view.screenScale,
      viewCentre: () => this.#view.centre,
      isHidden: (entry) => this.#isHidden(entry),
      select: (ids) => this.#select(ids),
      canEdit: () => this.#canEdit(),
      newId: () => this.#newId(),
      recordStep: (diff, isShown) => this.#recordStep(diff, isShown),
      pixelsChanged: (bounds) => this.#display.pixelsChanged(bounds),
      documentChanged: () => this.#documentChanged(),
      gestureEnded: () => this.#takeLateProposals(),
      overlayChanged: () => this.#view.overlayChanged(),
      pointerMoved: () => this.#snapshots.changedThisFrame(),
      reveal: (point) => this.#view.scrollIntoView(point),
      notice: (message) => this.#deps.onNotice?.({ level: 'info', message }),
    };
  }

  #takeLateProposals(): void {
    const late = this.#lateProposals;
    this.#lateProposals = null;
    if (late) this.mergeProposals(late);
  }

  #leaveImage(): void {
    this.#tools.settle();
    this.#lateProposals = null;
    if (this.#session) this.#session.place = this.#view.place();
  }

  #applyWantedView(): void {
    const wanted = this.#wantedView;
    if (!wanted || !this.#record || wanted.imageId !== this.#record.id) return;
    this.#wantedView = null;
    this.#selection = wanted.selection ?? [];
    if (wanted.place) this.#view.setPlace(wanted.place);
  }

  #select(ids: readonly RegionId[]): void {
    const document = this.#session?.document;
    if (!document) return;
    const known = ids.filter((id) => document.entry(id) !== undefined);
    const only = known.length === 1 ? document.entry(known[0] ?? '') : undefined;
    this.#selection = known;
    // A selected region can be painted on at once: its class becomes the active one.
    if (only)
      this.#settings = reduceSettings(this.#settings, {
        kind: 'set-active-category',
        categoryId: only.record.categoryId,
      });
    this.#documentChanged();
  }

  #documentChanged(): void {
    const document = this.#session?.document;
    if (document) {
      if (this.#selection.some((id) => !document.entry(id))) {
        this.#selection = this.#selection.filter((id) => document.entry(id));
      }
      this.#display.refresh({
        document,
        selection: this.#selection,
        growingRegionId: this.#tools.growingRegionId,
        isHidden: (entry) => this.#isHidden(entry),
      });
    }
    this.#settingsChanged();
  }

  #settingsChanged(): void {
    this.#view.setDisplay(this.#settings);
    this.#snapshots.changed();
  }

  #visibleEntries(): RegionEntry[] {
    return this.#session?.document.entries.filter((entry) => !this.#isHidden(entry)) ?? [];
  }

  #isHidden({ record }: RegionEntry): boolean {
    const { hiddenRegionIds, hiddenCategoryIds } = this.#settings;
    return hiddenRegionIds.has(record.id) || hiddenCategoryIds.has(record.categoryId);
  }

  #hasPending(imageId: number, regionId?: RegionId): boolean {
    const pending = this.#queue.pendingOf(imageId);
    if (regionId === undefined) return pending.length > 0;
    return pending.some(({ changes }) =>
      changes.some((change) => (change.kind === 'put' ? change.record.id : change.regionId) === regionId),
    );
  }

  #canEdit(): boolean {
    if (this.#isReadOnly) {
      const message = 'This window cannot change the project. Take over editing first.';
      this.#deps.onNotice?.({ level: 'info', message });
    }
    return !this.#isReadOnly;
  }

  #newId(): string {
    return this.#deps.newId?.() ?? crypto.randomUUID();
  }

  #buildSnapshot(): EditorSnapshot {
    const history = this.#session?.history;
    const record = this.#record;
    const { previousCategoryId: _previous, ...settings } = this.#settings;
    return {
      ...settings,
      imageId: record?.id ?? null,
      imageSize: record && { widthPx: record.widthPx, heightPx: record.heightPx },
      selection: this.#selection,
      regions: this.#session?.document.records ?? [],
      canUndo: history?.canUndo ?? false,
      canRedo: history?.canRedo ?? false,
      undoLabel: history?.undoLabel ?? '',
      redoLabel: history?.redoLabel ?? '',
      history: history?.labels ?? [],
      saveState: this.#queue.state,
      saveMessage: this.#queue.message,
      zoom: this.#view.zoom,
      cursor: this.#tools.pointerOverImage,
      isGestureActive: this.#tools.isActive,
      polygonVertexCount: this.#tools.polygonVertexCount,
      isReadOnly: this.#isReadOnly,
    };
  }
}

function combined(
  selection: readonly RegionId[],
  ids: readonly RegionId[],
  mode: 'replace' | 'add' | 'toggle',
): readonly RegionId[] {
  if (mode === 'replace') return ids;
  const kept = selection.filter((id) => !ids.includes(id));
  if (mode === 'add') return [...kept, ...ids];
  return [...kept, ...ids.filter((id) => !selection.includes(id))];
}
