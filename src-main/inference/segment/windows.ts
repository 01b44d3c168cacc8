// Plans where the sliding windows of the model lie in the resized picture and how each is padded to whole patches
// (ClearCLIP's protocol). Knows no pixels and no models.

import type { WindowFeatures } from '#main/workers/messages.ts';

/**
 * Windows in the protocol's order, row by row (ClearCLIP, ECCV 2024; `forward_slide` and its padding).
 *
 * Along a side: count = max(side − crop + stride − 1, 0) div stride + 1; window i ends at min(i·stride + crop,
 * side) and starts at max(end − crop, 0), so the last one is shifted back. A window side that is no multiple of
 * the patch is zero-padded, half before (rounded down) and the rest after. With `cropPx` 0 the whole picture is
 * one window without padding, and the rest at the right and bottom edge that fills no patch is ignored; only a
 * side below one patch is padded to one.
 *
 * @param widthPx width of the resized picture
 * @param heightPx height of the resized picture
 * @param cropPx window side, or 0
 * @param stridePx step between windows; not used with `cropPx` 0
 * @param patchPx patch side of the image tower
 * @returns at least one window; its box lies in the resized picture, its grid counts patches of the padded window
 * @throws RangeError for sides, strides or patches below 1
 */
export function planWindows(
  widthPx: number,
  heightPx: number,
  cropPx: number,
  stridePx: number,
  patchPx: number,
): WindowFeatures[] {
  if (!(widthPx >= 1 && heightPx >= 1 && patchPx >= 1 && cropPx >= 0)) {
    throw new RangeError(`no windows for ${widthPx} × ${heightPx}, crop ${cropPx}, patch ${patchPx}`);
  }
  if (cropPx === 0) return [wholePicture(widthPx, heightPx, patchPx)];
  if (!(stridePx >= 1)) throw new RangeError(`no windows with stride ${stridePx}`);
  const columns = spans(widthPx, cropPx, stridePx);
  const rows = spans(heightPx, cropPx, stridePx);
  return rows.flatMap((row) => columns.map((column) => paddedWindow(column, row, patchPx)));
}

interface Span {
  start: number;
  end: number;
}

function spans(sidePx: number, cropPx: number, stridePx: number): Span[] {
  const count = Math.floor(Math.max(sidePx - cropPx + stridePx - 1, 0) / stridePx) + 1;
  return Array.from({ length: count }, (_, i) => {
    const end = Math.min(i * stridePx + cropPx, sidePx);
    return { start: Math.max(end - cropPx, 0), end };
  });
}

function paddedWindow(column: Span, row: Span, patchPx: number): WindowFeatures {
  const padX = missingToPatch(column.end - column.start, patchPx);
  const padY = missingToPatch(row.end - row.start, patchPx);
  const padLeft = padX >> 1;
  const padTop = padY >> 1;
  return {
    x0: column.start,
    y0: row.start,
    x1: column.end,
    y1: row.end,
    padLeft,
    padTop,
    padRight: padX - padLeft,
    padBottom: padY - padTop,
    gridRows: (row.end - row.start + padY) / patchPx,
    gridColumns: (column.end - column.start + padX) / patchPx,
  };
}

function missingToPatch(sidePx: number, patchPx: number): number {
  return (patchPx - (sidePx % patchPx)) % patchPx;
}

function wholePicture(widthPx: number, heightPx: number, patchPx: number): WindowFeatures {
  // A side below one patch has nothing to cut: it is padded, so that a sliver of an image still gets an answer.
  const padX = Math.max(patchPx - widthPx, 0);
  const padY = Math.max(patchPx - heightPx, 0);
  return {
    x0: 0,
    y0: 0,
    x1: widthPx,
    y1: heightPx,
    padLeft: padX >> 1,
    padTop: padY >> 1,
    padRight: padX - (padX >> 1),
    padBottom: padY - (padY >> 1),
    gridRows: Math.max(Math.floor(heightPx / patchPx), 1),
    gridColumns: Math.max(Math.floor(widthPx / patchPx), 1),
  };
}
