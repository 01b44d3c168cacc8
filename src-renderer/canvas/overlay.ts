// Shapes drawn above everything on a 2D canvas: brush ring, polygon in progress, keyboard cursor.
// Pure drawing from plain data in image pixels; must not know tools.

import type { Point } from '#shared/geometry/point.ts';
import { screenFromImage, type Viewport } from './viewport.ts';

export type OverlayShape =
  | { kind: 'ring'; xImagePx: number; yImagePx: number; radiusImagePx: number; isSubtracting: boolean }
  | { kind: 'cross'; xImagePx: number; yImagePx: number }
  | {
      kind: 'polygon';
      points: readonly Point[];
      /** Where the next vertex would go. */
      next: Point | null;
      isSubtracting: boolean;
    }
  | { kind: 'segment'; from: Point; to: Point };

const ADD_COLOR = '#ffffff';
const SUBTRACT_COLOR = '#ffb3b3';

export function drawOverlay(
  context: CanvasRenderingContext2D,
  view: Viewport,
  shapes: readonly OverlayShape[],
): void {
  const dpr = view.devicePixelRatio;
  context.setTransform(1, 0, 0, 1, 0, 0);
  context.clearRect(0, 0, context.canvas.width, context.canvas.height);
  context.setTransform(dpr, 0, 0, dpr, 0, 0);
  for (const shape of shapes) drawShape(context, view, shape);
}

function drawShape(context: CanvasRenderingContext2D, view: Viewport, shape: OverlayShape): void {
  switch (shape.kind) {
    case 'ring':
      return drawRing(context, view, shape);
    case 'cross':
      return drawCross(context, view, shape);
    case 'polygon':
      return drawPolygon(context, view, shape);
    case 'segment': {
      const path = new Path2D();
      path.moveTo(...screenFromImage(view, shape.from.x, shape.from.y));
      path.lineTo(...screenFromImage(view, shape.to.x, shape.to.y));
      strokeTwice(context, path, ADD_COLOR, [4, 4]);
    }
  }
}

function drawRing(
  context: CanvasRenderingContext2D,
  view: Viewport,
  ring: Extract<OverlayShape, { kind: 'ring' }>,
): void {
  const [x, y] = screenFromImage(view, ring.xImagePx, ring.yImagePx);
  const path = new Path2D();
  path.arc(x, y, Math.max(1.5, ring.radiusImagePx * view.scale), 0, Math.PI * 2);
  strokeTwice(context, path, ring.isSubtracting ? SUBTRACT_COLOR : ADD_COLOR, []);
  const sign = new Path2D();
  sign.moveTo(x - 3, y);
  sign.lineTo(x + 3, y);
  if (!ring.isSubtracting) {
    sign.moveTo(x, y - 3);
    sign.lineTo(x, y + 3);
  }
  strokeTwice(context, sign, ring.isSubtracting ? SUBTRACT_COLOR : ADD_COLOR, []);
}

function drawCross(
  context: CanvasRenderingContext2D,
  view: Viewport,
  cross: Extract<OverlayShape, { kind: 'cross' }>,
): void {
  const [x, y] = screenFromImage(view, cross.xImagePx, cross.yImagePx);
  const path = new Path2D();
  for (const [dx, dy] of [
    [1, 0],
    [-1, 0],
    [0, 1],
    [0, -1],
  ] as const) {
    path.moveTo(x + dx * 4, y + dy * 4);
    path.lineTo(x + dx * 14, y + dy * 14);
  }
  strokeTwice(context, path, ADD_COLOR, []);
}

function drawPolygon(
  context: CanvasRenderingContext2D,
  view: Viewport,
  polygon: Extract<OverlayShape, { kind: 'polygon' }>,
): void {
  const color = polygon.isSubtracting ? SUBTRACT_COLOR : ADD_COLOR;
  const corners = polygon.points.map(({ x, y }) => screenFromImage(view, x, y));
  const first = corners[0];
  if (!first) return;
  const path = new Path2D();
  path.moveTo(...first);
  for (const corner of corners.slice(1)) path.lineTo(...corner);
  if (polygon.next) {
    const next = screenFromImage(view, polygon.next.x, polygon.next.y);
    path.lineTo(...next);
    const closing = new Path2D();
    closing.moveTo(...next);
    closing.lineTo(...first);
    strokeTwice(context, closing, color, [4, 4]);
  }
  strokeTwice(context, path, color, []);
  for (const [x, y] of corners) {
    const handle = new Path2D();
    handle.rect(x - 3, y - 3, 6, 6);
    context.fillStyle = color;
    context.fill(handle);
    strokeTwice(context, handle, '#000000', []);
  }
}

/** Dark below, light above: visible on any picture. */
function strokeTwice(context: CanvasRenderingContext2D, path: Path2D, color: string, dash: number[]): void {
  context.setLineDash(dash);
  context.lineWidth = 3;
  context.strokeStyle = 'rgba(0, 0, 0, 0.6)';
  context.stroke(path);
  context.lineWidth = 1.25;
  context.strokeStyle = color;
  context.stroke(path);
}
