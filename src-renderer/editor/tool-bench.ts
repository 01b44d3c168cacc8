// The tools, the one in the hand, the pointer and the keyboard cursor: everything between an input event and a step
// of the history. Must not know history, saving or the canvas engine.

import type { DocumentDiff } from '#shared/annotation/diff.ts';
import type { Category, RegionId } from '#shared/annotation/records.ts';
import type { CanvasPointerEvent } from '#renderer/canvas/canvas-input.ts';
import type { OverlayShape } from '#renderer/canvas/overlay.ts';
import { aimToAdd, aimToSubtract } from './aim.ts';
import type { DocumentStore, RegionEntry } from './document-store.ts';
import type { EditorSettings } from './editor-settings.ts';
import type { EditorCommand, ImagePoint, ToolName } from './editor-types.ts';
import { KeyboardCursor, type KeyboardCursorHost } from './keyboard-cursor.ts';
import { PaintGesture, type DirtyBounds, type PaintAim } from './paint-gesture.ts';
import { fillHoleAt } from './region-actions.ts';
import { BrushTool } from './tools/brush-tool.ts';
import { FillHoleTool } from './tools/fill-hole-tool.ts';
import { PolygonTool } from './tools/polygon-tool.ts';
import { SelectTool } from './tools/select-tool.ts';
import { lastSample, type Tool, type ToolContext } from './tools/tool.ts';

export interface ToolHost {
  document(): DocumentStore | null;
  settings(): EditorSettings;
  selection(): readonly RegionId[];
  activeCategory(): Category | null;
  screenScale(): number;
  viewCentre(): ImagePoint;
  isHidden(entry: RegionEntry): boolean;
  select(ids: readonly RegionId[]): void;
  canEdit(): boolean;
  newId(): RegionId;
  recordStep(diff: DocumentDiff, isShown: boolean): void;
  pixelsChanged(bounds: DirtyBounds): void;
  documentChanged(): void;
  gestureEnded(): void;
  overlayChanged(): void;
  pointerMoved(): void;
  reveal(point: ImagePoint): void;
  notice(message: string): void;
}

export class ToolBench {
  readonly #host: ToolHost;
  readonly #polygon = new PolygonTool();
  readonly #tools: Record<ToolName, Tool> = {
    select: new SelectTool(),
    brush: new BrushTool('brush'),
    eraser: new BrushTool('eraser'),
    polygon: this.#polygon,
    'fill-hole': new FillHoleTool(),
  };
  readonly #keyboard = new KeyboardCursor();
  #gesture: PaintGesture | null = null;
  #pointer: ImagePoint | null = null;
  #isSubtracting = false;

  constructor(host: ToolHost) {
    this.#host = host;
  }

  get isActive(): boolean {
    return this.#tool.isActive;
  }

  /** True while a stroke has the document open: nothing else may change it. */
  get isPainting(): boolean {
    return this.#gesture !== null;
  }

  get growingRegionId(): RegionId | null {
    const isOnTop = this.#host.settings().overlapMode === 'over';
    return isOnTop ? (this.#gesture?.growingRegionId ?? null) : null;
  }

  get polygonVertexCount(): number {
    return this.#polygon.vertexCount;
  }

  get cursor(): string {
    return this.#keyboard.point ? 'none' : this.#tool.cursor;
  }

  get hasKeyboardCursor(): boolean {
    return this.#keyboard.point !== null;
  }

  get pointerOverImage(): ImagePoint | null {
    const document = this.#host.document();
    const point = this.#keyboard.point ?? this.#pointer;
    if (!document || !point) return null;
    const { xImagePx: x, yImagePx: y } = point;
    return x >= 0 && y >= 0 && x < document.widthPx && y < document.heightPx ? point : null;
  }

  topmostAtPointer(): RegionEntry | undefined {
    const at = this.pointerOverImage;
    if (!at) return undefined;
    return this.#host
      .document()
      ?.entriesAt(at.xImagePx, at.yImagePx, (entry) => this.#host.isHidden(entry))[0];
  }

  /** A real pointer did something. */
  pointer(event: CanvasPointerEvent): void {
    if (this.#keyboard.isPressed) return;
    this.#keyboard.hide();
    this.#pointer = event.kind === 'leave' ? null : lastSample(event);
    this.#isSubtracting = event.modifiers.alt;
    this.#send(event);
  }

  shapes(): OverlayShape[] {
    const context = this.#context();
    if (!context) return [];
    const at = this.#keyboard.point ?? this.#pointer;
    const shapes = this.#tool.shapes(context, at, this.#isSubtracting);
    return this.#keyboard.point ? [...shapes, { kind: 'cross', ...this.#keyboard.point }] : shapes;
  }

  /** Commands about the keyboard cursor. */
  run(command: EditorCommand): void {
    const host = this.#keyboardHost();
    if (!host) return;
    if (command.kind === 'move-keyboard-cursor') {
      this.#keyboard.move(host, command.dx, command.dy, command.isFine);
    } else if (command.kind === 'press-keyboard-cursor') {
      this.#keyboard.press(host, command.subtract ?? false);
    } else if (command.kind === 'release-keyboard-cursor') {
      this.#keyboard.release(host);
    } else return;
    this.#host.pointerMoved();
    this.#host.overlayChanged();
  }

  /** Enter: ends the gesture, or presses the keyboard cursor; false when it means something else. */
  finish(): boolean {
    const context = this.#context();
    const host = this.#keyboardHost();
    if (!context || !host) return false;
    if (this.#keyboard.isPressed) {
      this.#keyboard.release(host);
      return true;
    }
    if (this.#tool.finish?.(context)) return true;
    if (!this.#keyboard.point || this.#tool.name === 'select') return false;
    this.#keyboard.press(host, false);
    // A stroke goes on until Enter comes again; a click is over at once.
    if (!this.isPainting) this.#keyboard.release(host);
    return true;
  }

  stepBack(): boolean {
    const context = this.#context();
    return context !== null && (this.#tool.stepBack?.(context) ?? false);
  }

  /** Esc: drops the gesture, else the keyboard cursor. */
  cancel(): boolean {
    if (this.#dropGesture()) return true;
    if (!this.#keyboard.point) return false;
    this.#keyboard.hide();
    this.#host.pointerMoved();
    this.#host.overlayChanged();
    return true;
  }

  undoGesture(): boolean {
    return this.stepBack() || this.#dropGesture();
  }

  /** Another tool is wanted: an unfinished polygon goes, a running stroke keeps its tool. */
  leave(): boolean {
    if (this.isPainting) return false;
    this.#dropGesture();
    return true;
  }

  /** Another image is wanted: what was painted so far is kept. */
  settle(): void {
    const gesture = this.#gesture;
    if (gesture) this.#end(gesture);
    this.#dropGesture();
    this.#keyboard.hide();
  }

  #dropGesture(): boolean {
    const context = this.#context();
    this.#keyboard.lift();
    return context !== null && this.#tool.cancel(context);
  }

  get #tool(): Tool {
    return this.#tools[this.#host.settings().tool];
  }

  #send(event: CanvasPointerEvent): void {
    const context = this.#context();
    if (context) this.#tool.handle(event, context);
    this.#host.pointerMoved();
  }

  #context(): ToolContext | null {
    const document = this.#host.document();
    if (!document) return null;
    const host = this.#host;
    return {
      document,
      selection: host.selection(),
      brushRadiusImagePx: host.settings().brushRadiusImagePx,
      screenScale: host.screenScale(),
      isHidden: (entry) => host.isHidden(entry),
      select: (ids, mode) => host.select(mode === 'toggle' ? toggled(host.selection(), ids) : ids),
      aimFor: (isSubtracting, at) => this.#aimFor(document, isSubtracting, at),
      canEdit: () => host.canEdit(),
      beginPaint: (label, aim) => this.#begin(document, label, aim),
      endPaint: (gesture) => this.#end(gesture),
      cancelPaint: (gesture) => this.#abort(gesture),
      fillHoleAt: (at) => this.#fillHoleAt(document, at),
      overlayChanged: () => host.overlayChanged(),
    };
  }

  #aimFor(document: DocumentStore, isSubtracting: boolean, at: ImagePoint): PaintAim | null {
    const host = this.#host;
    const input = {
      document,
      selection: host.selection(),
      activeCategory: host.activeCategory(),
      isHidden: (entry: RegionEntry) => host.isHidden(entry),
      newId: () => host.newId(),
    };
    if (isSubtracting) return aimToSubtract(input, at);
    const aim = aimToAdd(input);
    if (!aim) host.notice('Add a class first: what you paint needs a name.');
    return aim;
  }

  #begin(document: DocumentStore, label: string, aim: PaintAim): PaintGesture {
    const { overlapMode } = this.#host.settings();
    const onDirty = (bounds: DirtyBounds) => this.#host.pixelsChanged(bounds);
    this.#gesture = new PaintGesture(document, { label, aim, overlapMode, onDirty });
    this.#host.documentChanged();
    return this.#gesture;
  }

  #end(gesture: PaintGesture): void {
    this.#gesture = null;
    const diff = gesture.commit();
    const painted = gesture.growingRegionId;
    if (diff) this.#host.recordStep(diff, true);
    else this.#host.documentChanged();
    // A new region is selected, so that the next stroke goes on with it.
    if (diff && painted !== null && !this.#host.selection().includes(painted)) this.#host.select([painted]);
    this.#host.gestureEnded();
  }

  #abort(gesture: PaintGesture): void {
    // `settle` may have ended it already.
    if (this.#gesture !== gesture) return;
    this.#gesture = null;
    gesture.abort();
    this.#host.documentChanged();
    this.#host.gestureEnded();
  }

  #fillHoleAt(document: DocumentStore, at: ImagePoint): void {
    const chosen = this.#host.selection();
    const candidates = document.entries.filter(
      (entry) => !this.#host.isHidden(entry) && (chosen.length === 0 || chosen.includes(entry.record.id)),
    );
    const diff = fillHoleAt(document, candidates, at);
    if (diff) this.#host.recordStep(diff, false);
  }

  #keyboardHost(): KeyboardCursorHost | null {
    const document = this.#host.document();
    if (!document) return null;
    return {
      widthPx: document.widthPx,
      heightPx: document.heightPx,
      screenScale: this.#host.screenScale(),
      startPoint: () => this.pointerOverImage ?? this.#host.viewCentre(),
      send: (event) => this.#send(event),
      reveal: (point) => this.#host.reveal(point),
    };
  }
}

function toggled(selection: readonly RegionId[], ids: readonly RegionId[]): RegionId[] {
  return [...selection.filter((id) => !ids.includes(id)), ...ids.filter((id) => !selection.includes(id))];
}
