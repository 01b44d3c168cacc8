// The area that a round brush sweeps from one point to the next, as runs of pixels. Knows no mask.

import type { Point } from '../geometry/point.ts';
import type { RunSink } from './tile-mask.ts';

// Keeps pixels whose centre lies on the rim in, whatever the rounding of the projection on the segment was.
const RIM_SLACK = 1e-9;

interface Capsule {
  ax: number;
  ay: number;
  dx: number;
  dy: number;
  lengthSquared: number;
  radiusSquared: number;
}

/**
 * Emits, row by row and clipped to the image, the pixels whose centre lies within `radiusImagePx` of the segment
 * `from`–`to` (image space, pixels). Brushes thinner than a pixel's diagonal (radius below 0.707) snap both points
 * to the centres of their pixels first, so that a radius of 0.5 draws a line of single pixels without gaps.
 */
export function forEachCapsuleRun(
  from: Point,
  to: Point,
  radiusImagePx: number,
  widthPx: number,
  heightPx: number,
  emit: RunSink,
): void {
  const isThin = radiusImagePx < Math.SQRT1_2;
  const capsule = makeCapsule(
    isThin ? pixelCentre(from) : from,
    isThin ? pixelCentre(to) : to,
    radiusImagePx,
  );
  const { ay, dy } = capsule;
  if (!Number.isFinite(capsule.lengthSquared + capsule.radiusSquared + capsule.ax + ay)) return;
  const firstRow = Math.max(0, Math.floor(Math.min(ay, ay + dy) - radiusImagePx - 0.5));
  const lastRow = Math.min(heightPx - 1, Math.ceil(Math.max(ay, ay + dy) + radiusImagePx - 0.5));
  for (let row = firstRow; row <= lastRow; row++) {
    const span = spanAt(capsule, radiusImagePx, row + 0.5);
    if (!span) continue;
    let first = Math.min(widthPx, Math.max(0, Math.ceil(span.left - 0.5)));
    let last = Math.max(-1, Math.min(widthPx - 1, Math.floor(span.right - 0.5)));
    // The ends come from other formulas than the rule, so the rule has the last word on the pixels next to them.
    while (first > 0 && isInside(capsule, first - 1, row)) first--;
    while (last < widthPx - 1 && isInside(capsule, last + 1, row)) last++;
    while (first <= last && !isInside(capsule, first, row)) first++;
    while (first <= last && !isInside(capsule, last, row)) last--;
    if (first <= last) emit(row, first, last + 1);
  }
}

function pixelCentre(point: Point): Point {
  return { x: Math.floor(point.x) + 0.5, y: Math.floor(point.y) + 0.5 };
}

function makeCapsule(from: Point, to: Point, radiusImagePx: number): Capsule {
  const dx = to.x - from.x;
  const dy = to.y - from.y;
  return {
    ax: from.x,
    ay: from.y,
    dx,
    dy,
    lengthSquared: dx * dx + dy * dy,
    radiusSquared: radiusImagePx * radiusImagePx + RIM_SLACK,
  };
}

/** The rule: is the centre of the pixel within the radius of the segment? */
function isInside(capsule: Capsule, column: number, row: number): boolean {
  const px = column + 0.5 - capsule.ax;
  const py = row + 0.5 - capsule.ay;
  let t = 0;
  if (capsule.lengthSquared > 0) {
    t = Math.min(1, Math.max(0, (px * capsule.dx + py * capsule.dy) / capsule.lengthSquared));
  }
  const ex = px - t * capsule.dx;
  const ey = py - t * capsule.dy;
  return ex * ex + ey * ey <= capsule.radiusSquared;
}

interface Span {
  left: number;
  right: number;
}

/** Where the line y = `y` is inside: one interval, because a capsule is convex. Null when it misses. */
function spanAt(capsule: Capsule, radius: number, y: number): Span | null {
  const { ax, ay, dx, dy, lengthSquared, radiusSquared } = capsule;
  let left = Infinity;
  let right = -Infinity;
  for (const end of [0, 1]) {
    const offset = y - (ay + end * dy);
    const halfSquared = radiusSquared - offset * offset;
    if (halfSquared < 0) continue;
    const half = Math.sqrt(halfSquared);
    left = Math.min(left, ax + end * dx - half);
    right = Math.max(right, ax + end * dx + half);
  }
  if (lengthSquared > 0) {
    // Between the ends: 0 ≤ along ≤ length² and |across| ≤ radius · length, both linear in x.
    // The slack is a distance too: added to the product it would not shrink with the length, and two points that
    // differ by rounding only would cover a whole row of candidates.
    const slack = (radius + RIM_SLACK) * Math.sqrt(lengthSquared);
    const along = linearSpan(dx, (y - ay) * dy, 0, lengthSquared);
    const across = linearSpan(dy, -(y - ay) * dx, -slack, slack);
    if (along && across) {
      const bandLeft = ax + Math.max(along.left, across.left);
      const bandRight = ax + Math.min(along.right, across.right);
      if (bandLeft <= bandRight) {
        left = Math.min(left, bandLeft);
        right = Math.max(right, bandRight);
      }
    }
  }
  return left <= right ? { left, right } : null;
}

/** The u with low ≤ slope · u + offset ≤ high. */
function linearSpan(slope: number, offset: number, low: number, high: number): Span | null {
  if (slope === 0) return offset >= low && offset <= high ? { left: -Infinity, right: Infinity } : null;
  const a = (low - offset) / slope;
  const b = (high - offset) / slope;
  return a <= b ? { left: a, right: b } : { left: b, right: a };
}
