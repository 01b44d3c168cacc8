// A page with nothing but the editor on one drawn image, for measuring painting in a real browser. The saves go
// nowhere; the page's own `bench` object is what the benchmark talks to.

import { Editor } from '#renderer/editor/editor.ts';
import { editorCommands } from '#renderer/editor/editor-commands.ts';
import { attachKeymap, Keymap } from '#renderer/editor/keymap.ts';
import type { ImageRecord } from '#shared/annotation/records.ts';
import type { RegionWire } from '#shared/contract/wire.ts';
import { forEachCapsuleRun } from '#shared/mask/capsule.ts';
import { tileToBase64 } from '#shared/mask/tile-codec.ts';
import { createMask, fillRun } from '#shared/mask/tile-mask.ts';

export interface BenchPage {
  editor: Editor;
  edits: unknown[];
  /** Opens a drawn image with so many large regions that overlap. */
  open(widthPx: number, heightPx: number, regionCount: number): Promise<void>;
  /** From now on; with `waitsForDriver` every event also waits for glFinish. */
  beginTimings(waitsForDriver: boolean): void;
  endTimings(): Timings;
}

export interface Timings {
  /** Handler's first line to last upload call. */
  timingsMs: number[];
  /** The browser's event to the handler's first line. */
  dispatchDelaysMs: number[];
  /** As `timingsMs`, until glFinish came back; empty without it. */
  untilFinishedMs: number[];
}

const edits: unknown[] = [];
const editor = new Editor({
  saveEdit: (imageId, request) => {
    edits.push(request);
    return Promise.resolve({ revision: edits.length, image: recordOf(imageId, 1, 1) });
  },
});
editor.setCategories([
  category(1, 'road', '#e69f00', 'thing'),
  category(2, 'tree', '#009e73', 'thing'),
  category(3, 'sky', '#56b4e9', 'stuff'),
]);

const container = document.createElement('div');
container.style.cssText = 'position:fixed;inset:0;background:#222';
document.body.append(container);
editor.attachCanvas(container);
attachKeymap(window, new Keymap(editorCommands(editor)));

(globalThis as unknown as { bench: BenchPage }).bench = {
  editor,
  edits,
  open,
  beginTimings,
  endTimings,
};

let probe = { firstTiming: 0, startMs: 0, dispatchDelaysMs: [] as number[], untilFinishedMs: [] as number[] };
let waitsForDriver = false;

window.addEventListener(
  'pointermove',
  (event) => {
    probe.startMs = performance.now();
    if (event.buttons !== 0) probe.dispatchDelaysMs.push(probe.startMs - event.timeStamp);
  },
  { capture: true },
);
window.addEventListener('pointermove', (event) => {
  if (!waitsForDriver || event.buttons === 0) return;
  document.querySelector('canvas')?.getContext('webgl2')?.finish();
  probe.untilFinishedMs.push(performance.now() - probe.startMs);
});

function beginTimings(waits: boolean): void {
  waitsForDriver = waits;
  const firstTiming = editor.lastStrokeTimings.length;
  probe = { firstTiming, startMs: 0, dispatchDelaysMs: [], untilFinishedMs: [] };
}

function endTimings(): Timings {
  const { dispatchDelaysMs, untilFinishedMs, firstTiming } = probe;
  return { timingsMs: editor.lastStrokeTimings.slice(firstTiming), dispatchDelaysMs, untilFinishedMs };
}

async function open(widthPx: number, heightPx: number, regionCount: number): Promise<void> {
  const canvas = new OffscreenCanvas(widthPx, heightPx);
  const context = canvas.getContext('2d');
  if (!context) throw new Error('no 2D context');
  const sky = context.createLinearGradient(0, 0, widthPx, heightPx);
  sky.addColorStop(0, '#204080');
  sky.addColorStop(1, '#c0d0a0');
  context.fillStyle = sky;
  context.fillRect(0, 0, widthPx, heightPx);
  const picture = await createImageBitmap(canvas, { premultiplyAlpha: 'none', colorSpaceConversion: 'none' });
  const regions = Array.from({ length: regionCount }, (_, index) => regionAt(index, widthPx, heightPx));
  const annotations = { imageId: 1, revision: 0, regions };
  editor.openImage({ record: recordOf(1, widthPx, heightPx), picture, annotations });
}

/** A disc that covers about a tenth of the image. */
function regionAt(index: number, widthPx: number, heightPx: number): RegionWire {
  const mask = createMask(widthPx, heightPx);
  const centre = { x: ((index * 0.618) % 1) * widthPx, y: ((index * 0.382) % 1) * heightPx };
  const radiusPx = 0.18 * Math.sqrt(widthPx * heightPx);
  forEachCapsuleRun(centre, centre, radiusPx, widthPx, heightPx, (y, x0, x1) => fillRun(mask, y, x0, x1));
  const tiles = [...mask.tiles].map(([tileKey, words]) => ({ tileKey, runs: tileToBase64(words) }));
  const record = {
    ...{ id: `region-${index}`, imageId: 1, categoryId: 1 + (index % 3), zIndex: index },
    status: index % 2 === 0 ? ('region' as const) : ('proposal' as const),
    source: 'model' as const,
    score: 0.5,
    origin: null,
    areaPx: 1,
    box: [0, 0, 1, 1] satisfies [number, number, number, number],
    isCrowd: false,
  };
  return { record, tiles };
}

function category(id: number, name: string, color: string, kind: 'thing' | 'stuff') {
  return { id, name, color, kind, prompts: [], threshold: 0, supercategory: '', order: id };
}

function recordOf(id: number, widthPx: number, heightPx: number): ImageRecord {
  return {
    id,
    path: 'drawn.png',
    widthPx,
    heightPx,
    orientation: 1,
    format: 'png',
    bitDepth: 8,
    channels: 3,
    sizeBytes: 0,
    modifiedMs: 0,
    state: 'todo',
    isMissing: false,
    problem: null,
    regionCount: 0,
    proposalCount: 0,
    hasFeatures: false,
  };
}
