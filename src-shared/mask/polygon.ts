// Filled polygons as runs of pixels: the pixel-centre rule for our own shapes. (COCO files have another rule, see
// coco-polygon.ts.) Knows no mask.

import type { Point } from '../geometry/point.ts';
import type { RunSink } from './tile-mask.ts';

export type FillRule = 'nonzero' | 'evenodd';

/** An edge from its upper end (smaller y) to its lower; `winding` is +1 when the ring runs downwards along it. */
interface Edge {
  x: number;
  y: number;
  slope: number;
  firstRow: number;
  lastRow: number;
  winding: number;
}

/**
 * Emits, row by row and clipped to the image, the pixels whose centre is inside the ring (image space, closed by
 * itself). A centre exactly on the boundary belongs to the shape on its right (lower for horizontal edges), so that
 * shapes that share an edge neither overlap nor leave a gap. Fewer than 3 points cover nothing.
 */
export function forEachPolygonRun(
  points: readonly Point[],
  widthPx: number,
  heightPx: number,
  emit: RunSink,
  rule: FillRule = 'nonzero',
): void {
  forEachRingsRun([points], widthPx, heightPx, emit, rule);
}

/** As `forEachPolygonRun` for several rings at once: with `evenodd`, a ring inside another one is a hole. */
export function forEachRingsRun(
  rings: readonly (readonly Point[])[],
  widthPx: number,
  heightPx: number,
  emit: RunSink,
  rule: FillRule,
): void {
  const edges = rings.flatMap((ring) => edgesOf(ring, heightPx)).sort((a, b) => a.firstRow - b.firstRow);
  let active: Edge[] = [];
  let next = 0;
  for (let row = edges[0]?.firstRow ?? 0; next < edges.length || active.length > 0; row++) {
    if (active.length === 0 && next < edges.length) row = Math.max(row, edges[next]!.firstRow);
    while (next < edges.length && edges[next]!.firstRow <= row) active.push(edges[next++]!);
    emitRow(active, row, widthPx, emit, rule);
    active = active.filter((edge) => edge.lastRow > row);
  }
}

function edgesOf(ring: readonly Point[], heightPx: number): Edge[] {
  if (ring.length < 3 || !ring.every((point) => Number.isFinite(point.x) && Number.isFinite(point.y)))
    return [];
  const edges: Edge[] = [];
  for (let i = 0; i < ring.length; i++) {
    const from = ring[i]!;
    const to = ring[(i + 1) % ring.length]!;
    if (from.y === to.y) continue;
    const [upper, lower] = from.y < to.y ? [from, to] : [to, from];
    // A row belongs to the edge when upper.y ≤ row + 0.5 < lower.y.
    const firstRow = Math.max(0, Math.ceil(upper.y - 0.5));
    const lastRow = Math.min(heightPx, Math.ceil(lower.y - 0.5)) - 1;
    if (firstRow > lastRow) continue;
    const slope = (lower.x - upper.x) / (lower.y - upper.y);
    edges.push({ x: upper.x, y: upper.y, slope, firstRow, lastRow, winding: upper === from ? 1 : -1 });
  }
  return edges;
}

function emitRow(active: readonly Edge[], row: number, widthPx: number, emit: RunSink, rule: FillRule): void {
  const crossings = active
    .map((edge) => ({
      column: Math.ceil(edge.x + (row + 0.5 - edge.y) * edge.slope - 0.5),
      winding: edge.winding,
    }))
    .sort((a, b) => a.column - b.column);
  let winding = 0;
  let start = 0;
  let isInside = false;
  for (let i = 0; i < crossings.length; i++) {
    const { column } = crossings[i]!;
    winding += crossings[i]!.winding;
    // All crossings of one column act together, or coincident edges would cut a run in two.
    if (crossings[i + 1]?.column === column) continue;
    const isNowInside = rule === 'nonzero' ? winding !== 0 : (i + 1) % 2 === 1;
    if (isNowInside === isInside) continue;
    if (isInside) {
      const x1Exclusive = Math.min(widthPx, column);
      if (start < x1Exclusive) emit(row, start, x1Exclusive);
    } else {
      start = Math.max(0, column);
    }
    isInside = isNowInside;
  }
}
