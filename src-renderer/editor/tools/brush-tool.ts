// Brush and eraser: a round tip pulled along the pointer's path. The right button or Alt takes away, Shift-click
// draws a straight line from the end of the last stroke.

import type { CanvasPointerEvent } from '#renderer/canvas/canvas-input.ts';
import type { OverlayShape } from '#renderer/canvas/overlay.ts';
import type { ImageId } from '#shared/annotation/records.ts';
import type { ImagePoint } from '../editor-types.ts';
import type { PaintGesture } from '../paint-gesture.ts';
import { lastSample, type Tool, type ToolContext } from './tool.ts';

type State =
  | { kind: 'idle' }
  /** Taking away, but the tip has not met a region yet. */
  | { kind: 'seeking'; last: ImagePoint }
  | { kind: 'painting'; gesture: PaintGesture; last: ImagePoint; isSubtracting: boolean };

/** Below this radius the tip sits on pixel centres: half a pixel paints exactly the pixel under the pointer. */
const SNAP_BELOW_RADIUS_PX = Math.SQRT1_2;

export class BrushTool implements Tool {
  readonly name: 'brush' | 'eraser';
  readonly cursor = 'none';
  #state: State = { kind: 'idle' };
  #lineStart: { imageId: ImageId; point: ImagePoint } | null = null;

  constructor(name: 'brush' | 'eraser') {
    this.name = name;
  }

  get isActive(): boolean {
    return this.#state.kind !== 'idle';
  }

  handle(event: CanvasPointerEvent, context: ToolContext): void {
    switch (event.kind) {
      case 'down':
        return this.#begin(event, context);
      case 'move':
        return this.#paintAlong(event, context);
      case 'up':
        this.#paintAlong(event, context);
        return this.#end(context);
      case 'cancel':
        this.cancel(context);
        return undefined;
      default:
        return context.overlayChanged();
    }
  }

  cancel(context: ToolContext): boolean {
    const state = this.#state;
    this.#state = { kind: 'idle' };
    if (state.kind === 'painting') context.cancelPaint(state.gesture);
    return state.kind !== 'idle';
  }

  shapes(context: ToolContext, pointer: ImagePoint | null, isSubtracting: boolean): OverlayShape[] {
    if (!pointer) return [];
    const state = this.#state;
    const takesAway =
      state.kind === 'painting'
        ? state.isSubtracting
        : isSubtracting || this.name === 'eraser' || state.kind === 'seeking';
    const at = snapped(pointer, context.brushRadiusImagePx);
    return [{ kind: 'ring', ...at, radiusImagePx: context.brushRadiusImagePx, isSubtracting: takesAway }];
  }

  #begin(event: CanvasPointerEvent, context: ToolContext): void {
    if (this.isActive || !context.canEdit()) return;
    const at = snapped(lastSample(event), context.brushRadiusImagePx);
    const from = event.modifiers.shift ? this.#startOfLine(context) : null;
    const isSubtracting = this.name === 'eraser' || event.button === 'secondary' || event.modifiers.alt;
    if (isSubtracting) this.#state = { kind: 'seeking', last: from ?? at };
    else this.#start(context, false, at, from ?? at);
    this.#moveTo(context, at);
    context.overlayChanged();
  }

  #start(context: ToolContext, isSubtracting: boolean, at: ImagePoint, last: ImagePoint): boolean {
    const aim = context.aimFor(isSubtracting, at);
    if (!aim) return false;
    const gesture = context.beginPaint(isSubtracting ? 'Eraser stroke' : 'Brush stroke', aim);
    this.#state = { kind: 'painting', gesture, last, isSubtracting };
    return true;
  }

  #paintAlong(event: CanvasPointerEvent, context: ToolContext): void {
    for (const sample of event.samples) this.#moveTo(context, snapped(sample, context.brushRadiusImagePx));
    context.overlayChanged();
  }

  #moveTo(context: ToolContext, at: ImagePoint): void {
    if (this.#state.kind === 'seeking' && !this.#start(context, true, at, this.#state.last))
      this.#state.last = at;
    if (this.#state.kind !== 'painting') return;
    this.#state.gesture.capsule(this.#state.last, at, context.brushRadiusImagePx);
    this.#state.last = at;
  }

  #end(context: ToolContext): void {
    const state = this.#state;
    this.#state = { kind: 'idle' };
    if (state.kind !== 'painting') return;
    this.#lineStart = { imageId: context.document.imageId, point: state.last };
    context.endPaint(state.gesture);
  }

  #startOfLine(context: ToolContext): ImagePoint | null {
    return this.#lineStart?.imageId === context.document.imageId ? this.#lineStart.point : null;
  }
}

function snapped(point: ImagePoint, radiusImagePx: number): ImagePoint {
  const { xImagePx, yImagePx } = point;
  if (radiusImagePx >= SNAP_BELOW_RADIUS_PX) return { xImagePx, yImagePx };
  return { xImagePx: Math.floor(xImagePx) + 0.5, yImagePx: Math.floor(yImagePx) + 0.5 };
}
