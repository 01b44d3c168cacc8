// A mask's outline as rings on pixel corners: exact (filling them gives the mask back) and made of right angles.
// Parts are 4-connected here: pixels that touch at a corner only lie in different rings.

import type { Point } from '../geometry/point.ts';
import { edgeSegments, type EdgeSegments } from './edge-segments.ts';
import type { TileMask } from './tile-mask.ts';

/**
 * A closed ring in image space; coordinates are whole numbers, no point lies on the line of its neighbours, the last
 * one is joined to the first. Outer rings run clockwise as seen on the screen (y down), holes the other way round.
 */
export interface EdgeRing {
  isHole: boolean;
  points: Point[];
}

/** All rings of the mask, ordered by their topmost, then leftmost corner. */
export function pixelEdgeRings(mask: TileMask): EdgeRing[] {
  const segments = edgeSegments(mask);
  return ringStarts(segments).map((start) => {
    const points: Point[] = [];
    for (let i = start; ;) {
      points.push(startOf(segments, i), endOf(segments, i));
      i = segments.next[i]!;
      if (i === start) break;
    }
    // The ring's first segment is its topmost one, so its side tells what it encloses.
    return { isHole: !segments.isTop[start]!, points };
  });
}

/**
 * One ring for each part, its holes joined to it by bridges that are walked in both directions ("key-holed"), for
 * formats whose rings cannot be holes. The shoelace area of each ring is the number of the part's pixels.
 */
export function bridgedRings(mask: TileMask): Point[][] {
  const segments = edgeSegments(mask);
  const starts = ringStarts(segments);
  const holes = starts.filter((start) => !segments.isTop[start]!);
  const bridges = holes.length === 0 ? new Map<number, Bridge[]>() : findBridges(segments, holes);
  return starts
    .filter((start) => segments.isTop[start]!)
    .map((start) => walkBridged(segments, bridges, start));
}

/** The hole whose topmost segment is `hole` hangs on the vertical edge that follows a segment, at height y. */
interface Bridge {
  y: number;
  hole: number;
}

function startOf(segments: EdgeSegments, i: number): Point {
  return { x: segments.isTop[i]! ? segments.left[i]! : segments.right[i]!, y: segments.y[i]! };
}

function endOf(segments: EdgeSegments, i: number): Point {
  return { x: segments.isTop[i]! ? segments.right[i]! : segments.left[i]!, y: segments.y[i]! };
}

/** The first segment of every ring: the topmost, then leftmost, because segments are sorted that way. */
function ringStarts(segments: EdgeSegments): number[] {
  const seen = new Uint8Array(segments.count);
  const starts: number[] = [];
  for (let i = 0; i < segments.count; i++) {
    if (seen[i] === 1) continue;
    starts.push(i);
    for (let j = i; seen[j] === 0; j = segments.next[j]!) seen[j] = 1;
  }
  return starts;
}

/**
 * From the left end of its topmost segment every hole goes left through its own part to the nearest vertical edge.
 * That edge belongs to the part's outer ring or to a hole that starts further up or further left, so that the
 * bridges form a tree. Result: bridges by the segment after which their edge comes, in walking order.
 */
function findBridges(segments: EdgeSegments, holes: readonly number[]): Map<number, Bridge[]> {
  const edges = verticalEdges(segments);
  const bridges = new Map<number, Bridge[]>();
  let next = 0;
  let active: VerticalEdge[] = [];
  for (const hole of holes) {
    const x = segments.left[hole]!;
    const y = segments.y[hole]!;
    while (next < edges.length && edges[next]!.top <= y) active.push(edges[next++]!);
    active = active.filter((edge) => edge.bottom >= y);
    let best: VerticalEdge | null = null;
    for (const edge of active) if (edge.x < x && (!best || edge.x > best.x)) best = edge;
    if (!best) throw new Error('a hole without a boundary to its left');
    const list = bridges.get(best.after);
    if (list) list.push({ y, hole });
    else bridges.set(best.after, [{ y, hole }]);
  }
  for (const [after, list] of bridges) {
    const isDown = segments.y[segments.next[after]!]! > segments.y[after]!;
    list.sort((a, b) => (isDown ? a.y - b.y : b.y - a.y));
  }
  return bridges;
}

interface VerticalEdge {
  x: number;
  top: number;
  bottom: number;
  /** The segment whose end is the start of the edge. */
  after: number;
}

function verticalEdges(segments: EdgeSegments): VerticalEdge[] {
  const edges: VerticalEdge[] = [];
  for (let i = 0; i < segments.count; i++) {
    const from = segments.y[i]!;
    const to = segments.y[segments.next[i]!]!;
    edges.push({ x: endOf(segments, i).x, top: Math.min(from, to), bottom: Math.max(from, to), after: i });
  }
  return edges.sort((a, b) => a.top - b.top);
}

interface Walk {
  /** Where the ring is closed, and what is next. */
  last: number;
  after: number;
  bridges: Bridge[];
  done: number;
  bridgePoint: Point | null;
}

function walkBridged(segments: EdgeSegments, bridges: Map<number, Bridge[]>, start: number): Point[] {
  const points: Point[] = [];
  const push = (point: Point): void => {
    const previous = points.at(-1);
    if (previous?.x !== point.x || previous.y !== point.y) points.push(point);
  };
  const enter = (segment: number, bridgePoint: Point | null): Walk => {
    push(endOf(segments, segment));
    return { last: segment, after: segment, bridges: bridges.get(segment) ?? [], done: 0, bridgePoint };
  };
  push(startOf(segments, start));
  // A stack instead of recursion: holes may hang on holes thousands deep.
  const stack = [enter(start, null)];
  while (stack.length > 0) {
    const walk = stack.at(-1)!;
    const bridge = walk.bridges[walk.done++];
    if (bridge) {
      const bridgePoint = { x: endOf(segments, walk.after).x, y: bridge.y };
      push(bridgePoint);
      stack.push(enter(bridge.hole, bridgePoint));
      continue;
    }
    const segment = segments.next[walk.after]!;
    push(startOf(segments, segment));
    if (segment === walk.last) {
      if (walk.bridgePoint) {
        push(endOf(segments, segment));
        push(walk.bridgePoint);
      }
      stack.pop();
      continue;
    }
    push(endOf(segments, segment));
    walk.after = segment;
    walk.bridges = bridges.get(segment) ?? [];
    walk.done = 0;
  }
  const first = points[0]!;
  const last = points.at(-1)!;
  if (points.length > 1 && first.x === last.x && first.y === last.y) points.pop();
  return points;
}
