// The vocabulary between the editor and the panels around it: snapshots out, commands in.
// Types only; must not know Svelte, the DOM or the network.

import type { ImageId, ImageRecord, CategoryId, RegionId, RegionRecord } from '#shared/annotation/records.ts';
import type { AnnotationsWire, EditRequest } from '#shared/contract/wire.ts';

export type ToolName = 'select' | 'brush' | 'eraser' | 'polygon' | 'fill-hole';

/**
 * What new pixels do where another region lies. `over`: both keep the pixel, the new one is drawn on top.
 * `under`: pixels of other regions stay theirs. `exclusive`: the new pixels are taken away from everything else.
 * Proposals never block a human pixel; `exclusive` trims them too.
 */
export type OverlapMode = 'over' | 'under' | 'exclusive';

export type SaveState = 'saved' | 'saving' | 'failed';

export interface ImagePoint {
  xImagePx: number;
  yImagePx: number;
}

/** CSS pixels from the top left corner of the canvas container. */
export interface ScreenPoint {
  xScreen: number;
  yScreen: number;
}

/** An immutable picture of everything the panels show. A new object whenever anything in it changed. */
export interface EditorSnapshot {
  imageId: ImageId | null;
  imageSize: { widthPx: number; heightPx: number } | null;
  tool: ToolName;
  activeCategoryId: CategoryId | null;
  selection: readonly RegionId[];
  /** Records of the open image in z order, bottom first. A new array when any of them changed. */
  regions: readonly RegionRecord[];
  canUndo: boolean;
  canRedo: boolean;
  /** Name of the step that undo takes back, '' when there is none. */
  undoLabel: string;
  redoLabel: string;
  /** Steps of the open image that can be undone, oldest first. */
  history: readonly { label: string }[];
  saveState: SaveState;
  /** '' while saved; otherwise a sentence for the title bar. */
  saveMessage: string;
  brushRadiusImagePx: number;
  overlapMode: OverlapMode;
  /** 0..1, of the mask fill. */
  opacity: number;
  outlineOnly: boolean;
  masksHidden: boolean;
  hiddenRegionIds: ReadonlySet<RegionId>;
  hiddenCategoryIds: ReadonlySet<CategoryId>;
  /** Device pixels per image pixel, 0.02..64. */
  zoom: number;
  /** Pointer (or keyboard cursor) over the image; published at most once a frame. */
  cursor: ImagePoint | null;
  /** True while a stroke or a polygon is being drawn. */
  isGestureActive: boolean;
  /** Vertices of the polygon being drawn. */
  polygonVertexCount: number;
  isReadOnly: boolean;
}

/** Anything a panel, a key or a script may ask of the editor. `regionIds` left out means the selection. */
export type EditorCommand =
  | { kind: 'set-tool'; tool: ToolName }
  | { kind: 'set-active-category'; categoryId: CategoryId | null }
  /** Makes the class active and, if something is selected, gives it that class. */
  | { kind: 'assign-category'; categoryId: CategoryId }
  /** As above by place in the vocabulary list: 0 is the first class. */
  | { kind: 'assign-category-at'; index: number }
  | { kind: 'change-category'; regionIds?: readonly RegionId[]; categoryId: CategoryId }
  | { kind: 'swap-category' }
  | { kind: 'pick-category' }
  | { kind: 'select'; regionIds: readonly RegionId[]; mode?: 'replace' | 'add' | 'toggle' }
  | { kind: 'select-all' }
  | { kind: 'select-next'; step: 1 | -1 }
  | { kind: 'clear-selection' }
  | { kind: 'undo' }
  | { kind: 'redo' }
  | { kind: 'delete'; regionIds?: readonly RegionId[] }
  | { kind: 'merge'; regionIds?: readonly RegionId[] }
  | { kind: 'accept'; regionIds?: readonly RegionId[] }
  | { kind: 'reject'; regionIds?: readonly RegionId[] }
  | { kind: 'accept-category'; categoryId: CategoryId }
  | { kind: 'reject-category'; categoryId: CategoryId }
  /** Every proposal that is not hidden. */
  | { kind: 'accept-all' }
  | { kind: 'reject-all' }
  | { kind: 'fill-holes'; regionIds?: readonly RegionId[]; maxHoleAreaPx?: number }
  | { kind: 'drop-specks'; regionIds?: readonly RegionId[]; minAreaPx?: number }
  | { kind: 'set-brush-radius'; radiusImagePx: number }
  | { kind: 'step-brush-radius'; steps: number }
  | { kind: 'set-overlap-mode'; mode: OverlapMode }
  | { kind: 'cycle-overlap-mode' }
  | { kind: 'set-opacity'; opacity: number }
  | { kind: 'step-opacity'; steps: number }
  | { kind: 'set-outline-only'; on: boolean }
  | { kind: 'set-masks-hidden'; on: boolean }
  | { kind: 'set-region-hidden'; regionId: RegionId; hidden: boolean }
  | { kind: 'set-category-hidden'; categoryId: CategoryId; hidden: boolean }
  | { kind: 'zoom-fit' }
  | { kind: 'zoom-actual' }
  | { kind: 'zoom-by'; factor: number }
  | { kind: 'reveal-region'; regionId: RegionId }
  /** Enter: closes the polygon, or accepts the selected proposals. */
  | { kind: 'finish' }
  /** Backspace: takes back the last vertex, or rejects the selected proposals. */
  | { kind: 'step-back' }
  /** Esc: drops the gesture, else the keyboard cursor, else the selection, else goes to the select tool. */
  | { kind: 'cancel' }
  | { kind: 'set-panning'; on: boolean }
  | { kind: 'move-keyboard-cursor'; dx: number; dy: number; isFine: boolean }
  /** Space or Enter at the keyboard cursor: the pointer's button. */
  | { kind: 'press-keyboard-cursor'; subtract?: boolean }
  | { kind: 'release-keyboard-cursor' }
  | { kind: 'retry-save' };

/** Something drawable that WebGL can slice: `createImageBitmap(blob, {premultiplyAlpha:'none', colorSpaceConversion:'none'})`. */
export type Picture = ImageBitmap | OffscreenCanvas | HTMLCanvasElement | HTMLImageElement;

export interface OpenImageRequest {
  record: ImageRecord;
  /** May be smaller than the record's size (large images come pre-shrunk); null until it is decoded. */
  picture: Picture | null;
  annotations: AnnotationsWire;
}

export interface EditResponse {
  revision: number;
  image: ImageRecord;
}

export interface EditorNotice {
  level: 'info' | 'warning' | 'error';
  message: string;
}

/** Clock and timers, so that tests need no waiting. */
export interface Timers {
  nowMs(): number;
  /** Calls back once after `delayMs`; the answer cancels it. */
  after(delayMs: number, callback: () => void): () => void;
  /** Calls back before the next frame; the answer cancels it. */
  nextFrame(callback: () => void): () => void;
}

export interface EditorDeps {
  /** POST /api/images/:id/edits. Rejects with an AppError or any Error; the editor retries the same `editId`. */
  saveEdit(imageId: ImageId, request: EditRequest): Promise<EditResponse>;
  /** A saved edit brought new counts or a new review state. */
  onImageSaved?(image: ImageRecord): void;
  /** Something the user should read ("Choose a class first"). */
  onNotice?(notice: EditorNotice): void;
  newId?(): string;
  timers?: Timers;
}
