// A page with nothing but the editor on one drawn image, for measuring painting in a real browser. The saves go
// nowhere; the page's own `bench` object is what the benchmark talks to.

import { Editor } from '#renderer/editor/editor.ts';
import { editorCommands } from '#renderer/editor/editor-commands.ts';
import { attachKeymap, Keymap } from '#renderer/editor/keymap.ts';
import type { ImageRecord } from '#shared/annotation/records.ts';

export interface BenchPage {
  editor: Editor;
  edits: unknown[];
  open(widthPx: number, heightPx: number): Promise<void>;
}

const edits: unknown[] = [];
const editor = new Editor({
  saveEdit: async (imageId, request) => {
    edits.push(request);
    return { revision: edits.length, image: recordOf(imageId, 1, 1) };
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

(globalThis as unknown as { bench: BenchPage }).bench = { editor, edits, open };

async function open(widthPx: number, heightPx: number): Promise<void> {
  const canvas = new OffscreenCanvas(widthPx, heightPx);
  const context = canvas.getContext('2d');
  if (!context) throw new Error('no 2D context');
  const sky = context.createLinearGradient(0, 0, widthPx, heightPx);
  sky.addColorStop(0, '#204080');
  sky.addColorStop(1, '#c0d0a0');
  context.fillStyle = sky;
  context.fillRect(0, 0, widthPx, heightPx);
  const picture = await createImageBitmap(canvas, { premultiplyAlpha: 'none', colorSpaceConversion: 'none' });
  const annotations = { imageId: 1, revision: 0, regions: [] };
  editor.openImage({ record: recordOf(1, widthPx, heightPx), picture, annotations });
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
