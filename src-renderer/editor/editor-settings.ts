// Tool, class and display settings: they outlive images. One immutable object and a pure reducer over commands.

import type { CategoryId, RegionId } from '#shared/annotation/records.ts';
import type { EditorCommand, OverlapMode, ToolName } from './editor-types.ts';

export interface EditorSettings {
  readonly tool: ToolName;
  readonly activeCategoryId: CategoryId | null;
  /** What X swaps with. */
  readonly previousCategoryId: CategoryId | null;
  readonly brushRadiusImagePx: number;
  readonly overlapMode: OverlapMode;
  readonly opacity: number;
  readonly outlineOnly: boolean;
  readonly masksHidden: boolean;
  readonly hiddenRegionIds: ReadonlySet<RegionId>;
  readonly hiddenCategoryIds: ReadonlySet<CategoryId>;
}

export const MIN_BRUSH_RADIUS_PX = 0.5;
export const MAX_BRUSH_RADIUS_PX = 2000;
const OPACITY_STEP = 0.1;
const OVERLAP_MODES: readonly OverlapMode[] = ['over', 'under', 'exclusive'];

export const DEFAULT_SETTINGS: EditorSettings = {
  tool: 'select',
  activeCategoryId: null,
  previousCategoryId: null,
  brushRadiusImagePx: 16,
  overlapMode: 'over',
  opacity: 0.5,
  outlineOnly: false,
  masksHidden: false,
  hiddenRegionIds: new Set(),
  hiddenCategoryIds: new Set(),
};

/** The settings after a command; the same object when the command is not about settings or changes nothing. */
export function reduceSettings(settings: EditorSettings, command: EditorCommand): EditorSettings {
  switch (command.kind) {
    case 'set-tool':
      return withPatch(settings, { tool: command.tool });
    case 'set-active-category':
      return withActiveCategory(settings, command.categoryId);
    case 'assign-category':
      return withActiveCategory(settings, command.categoryId);
    case 'swap-category':
      if (settings.previousCategoryId === null) return settings;
      return withActiveCategory(settings, settings.previousCategoryId);
    case 'set-overlap-mode':
      return withPatch(settings, { overlapMode: command.mode });
    case 'cycle-overlap-mode':
      return withPatch(settings, { overlapMode: nextMode(settings.overlapMode) });
    case 'set-brush-radius':
      return withPatch(settings, { brushRadiusImagePx: clampedRadius(command.radiusImagePx) });
    case 'step-brush-radius':
      return withPatch(settings, {
        brushRadiusImagePx: steppedRadius(settings.brushRadiusImagePx, command.steps),
      });
    default:
      return reduceDisplay(settings, command);
  }
}

function reduceDisplay(settings: EditorSettings, command: EditorCommand): EditorSettings {
  switch (command.kind) {
    case 'set-opacity':
      return withPatch(settings, { opacity: clamp(command.opacity, 0, 1) });
    case 'step-opacity': {
      const opacity = clamp(settings.opacity + command.steps * OPACITY_STEP, 0, 1);
      return withPatch(settings, { opacity: Math.round(opacity * 100) / 100 });
    }
    case 'set-outline-only':
      return withPatch(settings, { outlineOnly: command.on });
    case 'set-masks-hidden':
      return withPatch(settings, { masksHidden: command.on });
    case 'set-region-hidden': {
      const hiddenRegionIds = withMember(settings.hiddenRegionIds, command.regionId, command.hidden);
      return withPatch(settings, { hiddenRegionIds });
    }
    case 'set-category-hidden': {
      const hiddenCategoryIds = withMember(settings.hiddenCategoryIds, command.categoryId, command.hidden);
      return withPatch(settings, { hiddenCategoryIds });
    }
    default:
      return settings;
  }
}

/** Half pixels while small, 15 % while large. */
export function steppedRadius(radiusImagePx: number, steps: number): number {
  let radius = radiusImagePx;
  for (let i = 0; i < Math.abs(steps); i++) {
    const up = radius < 4 ? 0.5 : radius * 0.15;
    const down = radius <= 4 ? 0.5 : radius - Math.max(4, radius / 1.15);
    radius = steps > 0 ? radius + up : radius - down;
  }
  return clampedRadius(radius);
}

function clampedRadius(radiusImagePx: number): number {
  if (!Number.isFinite(radiusImagePx)) return DEFAULT_SETTINGS.brushRadiusImagePx;
  return Math.round(clamp(radiusImagePx, MIN_BRUSH_RADIUS_PX, MAX_BRUSH_RADIUS_PX) * 2) / 2;
}

function withActiveCategory(settings: EditorSettings, categoryId: CategoryId | null): EditorSettings {
  if (categoryId === settings.activeCategoryId) return settings;
  const previousCategoryId = settings.activeCategoryId ?? settings.previousCategoryId;
  return { ...settings, activeCategoryId: categoryId, previousCategoryId };
}

function nextMode(mode: OverlapMode): OverlapMode {
  return OVERLAP_MODES[(OVERLAP_MODES.indexOf(mode) + 1) % OVERLAP_MODES.length] ?? 'over';
}

function withMember<T>(set: ReadonlySet<T>, member: T, isIn: boolean): ReadonlySet<T> {
  if (set.has(member) === isIn) return set;
  const next = new Set(set);
  if (isIn) next.add(member);
  else next.delete(member);
  return next;
}

function withPatch(settings: EditorSettings, patch: Partial<EditorSettings>): EditorSettings {
  const isSame = Object.entries(patch).every(
    ([key, value]) => settings[key as keyof EditorSettings] === value,
  );
  return isSame ? settings : { ...settings, ...patch };
}

function clamp(value: number, low: number, high: number): number {
  return Math.min(high, Math.max(low, value));
}
