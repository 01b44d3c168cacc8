// Click vertex by vertex; Enter, a double click or a click on the first vertex closes. Alt at the first vertex makes
// the polygon take away. The pixels whose centres lie inside are painted, so neighbours that share an edge do not overlap.

import type { CanvasPointerEvent } from '#renderer/canvas/canvas-input.ts';
import type { OverlayShape } from '#renderer/canvas/overlay.ts';
import type { Point } from '#shared/geometry/point.ts';
import type { ImagePoint } from '../editor-types.ts';
import { lastSample, type Tool, type ToolContext } from './tool.ts';

const CLOSE_WITHIN_SCREEN_PX = 8;

export class PolygonTool implements Tool {
  readonly name = 'polygon';
  readonly cursor = 'crosshair';
  #points: Point[] = [];
  #isSubtracting = false;

  get isActive(): boolean {
    return this.#points.length > 0;
  }

  get vertexCount(): number {
    return this.#points.length;
  }

  handle(event: CanvasPointerEvent, context: ToolContext): void {
    if (event.kind === 'down') this.#press(event, context);
    context.overlayChanged();
  }

  cancel(context: ToolContext): boolean {
    const wasActive = this.isActive;
    this.#points = [];
    context.overlayChanged();
    return wasActive;
  }

  finish(context: ToolContext): boolean {
    if (!this.isActive) return false;
    const points = this.#points;
    if (points.length < 3) return true;
    this.#points = [];
    this.#paint(points, context);
    context.overlayChanged();
    return true;
  }

  stepBack(context: ToolContext): boolean {
    if (!this.isActive) return false;
    this.#points.pop();
    context.overlayChanged();
    return true;
  }

  shapes(_context: ToolContext, pointer: ImagePoint | null): OverlayShape[] {
    if (!this.isActive) return [];
    const next = pointer && { x: pointer.xImagePx, y: pointer.yImagePx };
    return [{ kind: 'polygon', points: this.#points, next, isSubtracting: this.#isSubtracting }];
  }

  #press(event: CanvasPointerEvent, context: ToolContext): void {
    if (!context.canEdit()) return;
    if (event.button === 'secondary') {
      this.stepBack(context);
      return;
    }
    const at = lastSample(event);
    const isClosing = event.clickCount > 1 || this.#isOnFirst(at, context);
    if (isClosing && this.#points.length >= 3) {
      this.finish(context);
      return;
    }
    if (event.clickCount > 1 && this.isActive) return;
    if (!this.isActive) this.#isSubtracting = event.modifiers.alt;
    this.#points.push({ x: at.xImagePx, y: at.yImagePx });
  }

  #isOnFirst(at: ImagePoint, context: ToolContext): boolean {
    const first = this.#points[0];
    if (!first) return false;
    const distanceImagePx = Math.hypot(at.xImagePx - first.x, at.yImagePx - first.y);
    return distanceImagePx * context.screenScale < CLOSE_WITHIN_SCREEN_PX;
  }

  #paint(points: Point[], context: ToolContext): void {
    const first = points[0];
    if (!first) return;
    const aim = context.aimFor(this.#isSubtracting, { xImagePx: first.x, yImagePx: first.y });
    if (!aim) return;
    const gesture = context.beginPaint(this.#isSubtracting ? 'Cut polygon' : 'Polygon', aim);
    gesture.polygon(points);
    context.endPaint(gesture);
  }
}
