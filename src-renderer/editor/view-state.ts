// What a reload brings back: zoom, place, selection, tool, brush. JSON for PUT /api/project/view. Pure.

import type { CategoryId, ImageId, RegionId } from '#shared/annotation/records.ts';
import type { OverlapMode, ToolName } from './editor-types.ts';

export interface ViewState {
  imageId: ImageId | null;
  /** Device pixels per image pixel and the image point in the middle of the canvas; null = fit. */
  place: { zoom: number; xImagePx: number; yImagePx: number } | null;
  selection: RegionId[];
  tool: ToolName;
  activeCategoryId: CategoryId | null;
  brushRadiusImagePx: number;
  overlapMode: OverlapMode;
  opacity: number;
  outlineOnly: boolean;
}

/** More would not fit into the request. */
const MAX_SELECTION = 200;

export function viewStateToJson(state: ViewState): string {
  return JSON.stringify({ ...state, selection: state.selection.slice(0, MAX_SELECTION) });
}

/** Reads what can be read; null when it is not an object at all. Values of other types are left out. */
export function viewStateFromJson(json: string): Partial<ViewState> | null {
  const value = parsed(json);
  if (typeof value !== 'object' || value === null) return null;
  const source = value as Record<string, unknown>;
  const state: Partial<ViewState> = {};
  const {
    imageId,
    selection,
    tool,
    activeCategoryId,
    brushRadiusImagePx,
    overlapMode,
    opacity,
    outlineOnly,
  } = source;
  if (imageId === null || isNumber(imageId)) state.imageId = imageId;
  const place = placeOf(source['place']);
  if (place !== undefined) state.place = place;
  if (Array.isArray(selection))
    state.selection = selection.filter((id): id is string => typeof id === 'string');
  if (isOneOf(tool, ['select', 'brush', 'eraser', 'polygon', 'fill-hole'])) state.tool = tool;
  if (activeCategoryId === null || isNumber(activeCategoryId)) state.activeCategoryId = activeCategoryId;
  if (isNumber(brushRadiusImagePx)) state.brushRadiusImagePx = brushRadiusImagePx;
  if (isOneOf(overlapMode, ['over', 'under', 'exclusive'])) state.overlapMode = overlapMode;
  if (isNumber(opacity)) state.opacity = opacity;
  if (typeof outlineOnly === 'boolean') state.outlineOnly = outlineOnly;
  return state;
}

function placeOf(value: unknown): ViewState['place'] | undefined {
  if (value === null) return null;
  if (typeof value !== 'object') return undefined;
  const { zoom, xImagePx, yImagePx } = value as Record<string, unknown>;
  return isNumber(zoom) && isNumber(xImagePx) && isNumber(yImagePx)
    ? { zoom, xImagePx, yImagePx }
    : undefined;
}

function parsed(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    // Written by another version or by hand: the window opens as if nothing had been stored.
    return null;
  }
}

function isNumber(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value);
}

function isOneOf<T extends string>(value: unknown, options: readonly T[]): value is T {
  return options.includes(value as T);
}
