// What every tool is and what it may ask of the editor. Types only; tools see plain pointer events, never the DOM.

import type { RegionId } from '#shared/annotation/records.ts';
import type { CanvasPointerEvent } from '#renderer/canvas/canvas-input.ts';
import type { OverlayShape } from '#renderer/canvas/overlay.ts';
import type { DocumentStore, RegionEntry } from '../document-store.ts';
import type { ImagePoint, ToolName } from '../editor-types.ts';
import type { PaintAim, PaintGesture } from '../paint-gesture.ts';

export interface ToolContext {
  readonly document: DocumentStore;
  readonly selection: readonly RegionId[];
  readonly brushRadiusImagePx: number;
  /** CSS pixels per image pixel. */
  readonly screenScale: number;
  isHidden(entry: RegionEntry): boolean;
  select(regionIds: readonly RegionId[], mode: 'replace' | 'toggle'): void;
  /**
   * Which region a stroke that starts here changes; null when there is none. Adding without a class tells the user
   * so; taking away from nothing is silent, the stroke may still run into something.
   */
  aimFor(isSubtracting: boolean, at: ImagePoint): PaintAim | null;
  /** False, with a word to the user, when the project cannot be changed from this window. */
  canEdit(): boolean;
  beginPaint(label: string, aim: PaintAim): PaintGesture;
  /** Makes the gesture a step of the history and sends it to the server. */
  endPaint(gesture: PaintGesture): void;
  cancelPaint(gesture: PaintGesture): void;
  fillHoleAt(at: ImagePoint): void;
  overlayChanged(): void;
}

/** A state machine over pointer events. It starts idle and every gesture ends in idle. */
export interface Tool {
  readonly name: ToolName;
  /** CSS cursor over the canvas. */
  readonly cursor: string;
  /** True from the first press of a gesture to its end. */
  readonly isActive: boolean;
  handle(event: CanvasPointerEvent, context: ToolContext): void;
  /** Drops the gesture; false when there was none. */
  cancel(context: ToolContext): boolean;
  /** Enter: completes the gesture; false when there is nothing to complete. */
  finish?(context: ToolContext): boolean;
  /** Backspace: takes back the last part of the gesture; false when there is none. */
  stepBack?(context: ToolContext): boolean;
  /** Drawn above the image. `pointer` is null when it is not over the canvas. */
  shapes(context: ToolContext, pointer: ImagePoint | null, isSubtracting: boolean): OverlayShape[];
}

export function lastSample(event: CanvasPointerEvent): ImagePoint {
  const sample = event.samples.at(-1);
  if (!sample) throw new Error('a pointer event has at least one sample');
  return sample;
}
