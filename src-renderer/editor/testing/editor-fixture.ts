// An editor with an open image, a fake server and a clock by hand; strokes and clicks as one-liners.

import type { Category, ImageRecord, RegionRecord } from '#shared/annotation/records.ts';
import type { CanvasPointerEvent, Modifiers, PointerButton } from '#renderer/canvas/canvas-input.ts';
import { createMask, fillRun, type TileMask } from '#shared/mask/tile-mask.ts';
import { Editor } from '../editor.ts';
import type { EditorNotice } from '../editor-types.ts';
import { FakeServer } from './fake-server.ts';
import { ManualTimers } from './manual-timers.ts';

export const WIDTH_PX = 600;
export const HEIGHT_PX = 400;

type Point = readonly [x: number, y: number];

export interface PressOptions {
  button?: PointerButton;
  alt?: boolean;
  shift?: boolean;
  clickCount?: number;
}

export class EditorFixture {
  readonly timers = new ManualTimers();
  readonly server: FakeServer;
  readonly editor: Editor;
  readonly image: ImageRecord;
  readonly notices: EditorNotice[] = [];
  #ids = 0;

  constructor(proposals: { record: RegionRecord; mask: TileMask }[] = []) {
    this.image = imageRecord(1);
    this.server = new FakeServer(this.image);
    for (const { record, mask } of proposals) this.server.add(record, mask);
    this.editor = new Editor({
      saveEdit: this.server.saveEdit,
      onNotice: (notice) => this.notices.push(notice),
      newId: () => `id-${++this.#ids}`,
      timers: this.timers,
    });
    this.editor.setCategories([category(1), category(2), category(3, 'stuff')]);
    this.open();
  }

  open(): void {
    this.editor.openImage({ record: this.image, picture: null, annotations: this.server.annotations() });
  }

  /** A stroke through the points, each a pointer sample. */
  stroke(points: readonly Point[], options: PressOptions = {}): void {
    this.press(points[0] ?? [0, 0], options);
    for (const point of points.slice(1)) this.event('move', [point], options);
    this.event('up', [points.at(-1) ?? [0, 0]], options);
  }

  press(point: Point, options: PressOptions = {}): void {
    this.event('down', [point], options);
  }

  click(point: Point, options: PressOptions = {}): void {
    this.press(point, options);
    this.event('up', [point], options);
  }

  event(kind: CanvasPointerEvent['kind'], points: readonly Point[], options: PressOptions = {}): void {
    const modifiers: Modifiers = { alt: options.alt ?? false, shift: options.shift ?? false, ctrl: false };
    this.editor.pointer({
      kind,
      samples: points.map(([xImagePx, yImagePx]) => ({ xImagePx, yImagePx })),
      button: options.button ?? 'primary',
      modifiers,
      clickCount: options.clickCount ?? 1,
    });
  }

  /** Ids of regions and proposals, bottom first. */
  get ids(): string[] {
    return this.editor.snapshot().regions.map(({ id }) => id);
  }

  record(id: string): RegionRecord {
    const record = this.editor.snapshot().regions.find((one) => one.id === id);
    if (!record) throw new Error(`no region ${id}`);
    return record;
  }
}

export function category(id: number, kind: Category['kind'] = 'thing'): Category {
  const color = `#${(0x123456 * id).toString(16).padStart(6, '0').slice(-6)}`;
  return { id, name: `class ${id}`, color, kind, prompts: [], threshold: 0, supercategory: '', order: id };
}

export function imageRecord(id: number): ImageRecord {
  return {
    id,
    path: `${id}.png`,
    widthPx: WIDTH_PX,
    heightPx: HEIGHT_PX,
    orientation: 1,
    format: 'png',
    bitDepth: 8,
    channels: 3,
    sizeBytes: 1,
    modifiedMs: 1,
    state: 'todo',
    isMissing: false,
    problem: null,
    regionCount: 0,
    proposalCount: 0,
    hasFeatures: false,
  };
}

/** A proposal that covers the rectangle x0..x1, y0..y1 (ends exclusive). */
export function proposal(
  id: string,
  categoryId: number,
  [x0, y0, x1, y1]: readonly [number, number, number, number],
  zIndex = 1,
): { record: RegionRecord; mask: TileMask } {
  const mask = createMask(WIDTH_PX, HEIGHT_PX);
  for (let y = y0; y < y1; y++) fillRun(mask, y, x0, x1);
  const record: RegionRecord = {
    id,
    imageId: 1,
    categoryId,
    status: 'proposal',
    source: 'model',
    score: 0.5,
    origin: { model: 'm', method: 'clearclip', prompt: `class ${categoryId}` },
    zIndex,
    areaPx: 0,
    box: [0, 0, 0, 0],
    isCrowd: false,
  };
  return { record, mask };
}
