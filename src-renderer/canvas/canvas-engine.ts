// The canvas in its container: two canvas elements, the WebGL2 layers, the frame loop and the pointer.
// Draws only when something changed and survives a lost context; must not know records, history or tools.

import type { CanvasPointerEvent } from './canvas-input.ts';
import { ColorTable, type SlotStyle } from './color-table.ts';
import { ImageLayer, type Picture } from './image-layer.ts';
import type { MaskDrawing } from './label-composite.ts';
import type { ImageBounds } from './label-tile-cache.ts';
import { MaskLayer, type MaskDisplay } from './mask-layer.ts';
import { drawOverlay, type OverlayShape } from './overlay.ts';
import { PointerSource } from './pointer-source.ts';
import {
  createViewport,
  fitImage,
  imageFromScreen,
  panBy,
  resized,
  screenFromImage,
  zoomAt,
  type Viewport,
} from './viewport.ts';

export interface CanvasHost {
  onPointer(event: CanvasPointerEvent): void;
  onBrushSteps(steps: number): void;
  /** The brush radius changes by so many screen pixels. */
  onBrushDrag(dxScreen: number): void;
  onViewChange(view: Viewport): void;
  onProblem(message: string): void;
  overlayShapes(): readonly OverlayShape[];
  isPanKeyHeld(): boolean;
}

interface Layers {
  image: ImageLayer;
  masks: MaskLayer;
}

/** Of a frame, for composing tiles and slicing the picture; the rest waits for the next frame. */
const FRAME_WORK_MS = 8;
const KEPT_TIMINGS = 5000;
/** Outlines and coarse texels reach so far beyond changed pixels. */
const DAMAGE_MARGIN_SCREEN_PX = 6;

export class CanvasEngine {
  readonly #container: HTMLElement;
  readonly #host: CanvasHost;
  readonly #picture = document.createElement('canvas');
  readonly #overlay = document.createElement('canvas');
  readonly #gl: WebGL2RenderingContext | null;
  readonly #overlayContext: CanvasRenderingContext2D | null;
  readonly #pointer: PointerSource;
  readonly #resizeObserver: ResizeObserver;
  readonly #colors = new ColorTable();
  readonly #timingsMs: number[] = [];
  #layers: Layers | null = null;
  #view: Viewport = createViewport(1, 1);
  #image: { widthPx: number; heightPx: number; picture: Picture | null } | null = null;
  #drawings: readonly MaskDrawing[] = [];
  #display: MaskDisplay = { opacity: 0.5, outlineOnly: false, masksHidden: false };
  #isFitWanted = false;
  /** What of the image must be drawn again: 'all', a part, or nothing but the overlay. */
  #damage: ImageBounds | 'all' | null = null;
  #hasStaleMasks = false;
  #frame = 0;

  constructor(container: HTMLElement, host: CanvasHost) {
    this.#container = container;
    this.#host = host;
    for (const canvas of [this.#picture, this.#overlay]) {
      canvas.style.cssText = 'position:absolute;inset:0;width:100%;height:100%;pointer-events:none';
      canvas.setAttribute('aria-hidden', 'true');
      container.append(canvas);
    }
    container.style.touchAction = 'none';
    container.dataset['editorCanvas'] = '';
    if (!container.hasAttribute('tabindex')) container.tabIndex = 0;
    this.#gl = this.#picture.getContext('webgl2', {
      ...{ antialias: false, alpha: true, depth: false },
      // A stroke draws only its own surroundings again: without a graphics card that is 300 ms against 5.
      preserveDrawingBuffer: true,
    });
    this.#overlayContext = this.#overlay.getContext('2d');
    if (!this.#gl) host.onProblem('This window cannot draw: WebGL 2 is switched off or not supported here.');
    this.#picture.addEventListener('webglcontextlost', (event) => {
      event.preventDefault();
      this.#layers = null;
    });
    this.#picture.addEventListener('webglcontextrestored', () => this.#buildLayers());
    this.#pointer = new PointerSource(container, this.#pointerSink());
    this.#resizeObserver = new ResizeObserver(() => this.#resize());
    this.#resizeObserver.observe(container);
    this.#buildLayers();
    this.#resize();
  }

  get view(): Viewport {
    return this.#view;
  }

  /** Milliseconds from the pointer handler's first line to the last texel upload, newest last. */
  get timingsMs(): readonly number[] {
    return this.#timingsMs;
  }

  get isPointerBusy(): boolean {
    return this.#pointer.isBusy;
  }

  /** True from `fit` until the user zooms or pans: resizing fits again. */
  get isFitted(): boolean {
    return this.#isFitWanted;
  }

  setView(view: Viewport): void {
    this.#isFitWanted = false;
    this.#changeView(view);
  }

  fit(): void {
    this.#isFitWanted = true;
    this.#changeView(fitImage(this.#view));
  }

  setImage(widthPx: number, heightPx: number, picture: Picture | null): void {
    this.#image = { widthPx, heightPx, picture };
    this.#view = { ...this.#view, imageWidthPx: widthPx, imageHeightPx: heightPx };
    this.#drawings = [];
    this.#fillLayers();
    this.fit();
  }

  clearImage(): void {
    this.#image = null;
    this.#drawings = [];
    this.#layers?.image.setPicture(null);
    this.#requestFrame();
  }

  setPicture(picture: Picture): void {
    if (!this.#image) return;
    this.#image.picture = picture;
    this.#layers?.image.setPicture(picture);
    this.#requestFrame();
  }

  setDrawings(drawings: readonly MaskDrawing[]): void {
    this.#drawings = drawings;
    this.#layers?.masks.setDrawings(drawings);
  }

  setSlotStyle(slot: number, style: SlotStyle): void {
    if (this.#colors.set(slot, style)) this.#requestFrame();
  }

  markStale(bounds: ImageBounds): void {
    this.#layers?.masks.markStale(bounds);
    this.#hasStaleMasks = true;
    if (this.#damage !== 'all') this.#damage = joinedBounds(this.#damage, bounds);
    this.overlayChanged();
  }

  markAllStale(): void {
    this.#layers?.masks.markAllStale();
    this.#hasStaleMasks = true;
    this.#requestFrame();
  }

  setDisplay(display: MaskDisplay): void {
    const old = this.#display;
    const isSame =
      old.opacity === display.opacity &&
      old.outlineOnly === display.outlineOnly &&
      old.masksHidden === display.masksHidden;
    if (isSame) return;
    this.#display = display;
    this.#requestFrame();
  }

  overlayChanged(): void {
    if (this.#frame === 0) this.#frame = requestAnimationFrame(() => this.#drawFrame());
  }

  setCursor(cursor: string): void {
    this.#container.style.cursor = cursor;
  }

  /** Draws now and reads one pixel at a place in CSS pixels of the container: RGBA, 0..255, premultiplied. */
  readPixel(xScreen: number, yScreen: number): [number, number, number, number] | null {
    const gl = this.#gl;
    if (!gl || gl.isContextLost()) return null;
    while (!this.#drawScene('all', () => false)) continue;
    const bytes = new Uint8Array(4);
    const x = Math.floor(xScreen * this.#view.devicePixelRatio);
    const y = gl.drawingBufferHeight - 1 - Math.floor(yScreen * this.#view.devicePixelRatio);
    gl.readPixels(x, y, 1, 1, gl.RGBA, gl.UNSIGNED_BYTE, bytes);
    return [bytes[0] ?? 0, bytes[1] ?? 0, bytes[2] ?? 0, bytes[3] ?? 0];
  }

  dispose(): void {
    cancelAnimationFrame(this.#frame);
    this.#frame = -1;
    this.#pointer.dispose();
    this.#resizeObserver.disconnect();
    this.#layers?.image.dispose();
    this.#layers?.masks.dispose();
    this.#layers = null;
    this.#gl?.getExtension('WEBGL_lose_context')?.loseContext();
    this.#picture.remove();
    this.#overlay.remove();
  }

  #pointerSink(): ConstructorParameters<typeof PointerSource>[1] {
    return {
      toImage: (xScreen, yScreen) => {
        const [xImagePx, yImagePx] = imageFromScreen(this.#view, xScreen, yScreen);
        return { xImagePx, yImagePx };
      },
      onTool: (event) => this.#runTool(event),
      onPan: (dx, dy) => this.setView(panBy(this.#view, dx, dy)),
      onZoom: (x, y, factor) => this.setView(zoomAt(this.#view, x, y, factor)),
      onBrushSteps: (steps) => this.#host.onBrushSteps(steps),
      onBrushDrag: (dxScreen) => this.#host.onBrushDrag(dxScreen),
      isPanKeyHeld: () => this.#host.isPanKeyHeld(),
    };
  }

  /** Texels changed by the event are uploaded before the handler returns; only drawing waits for the frame. */
  #runTool(event: CanvasPointerEvent): void {
    const startMs = performance.now();
    this.#host.onPointer(event);
    if (!this.#hasStaleMasks || !this.#layers || !this.#image) return;
    this.#hasStaleMasks = !this.#layers.masks.update(
      this.#view,
      () => performance.now() - startMs > FRAME_WORK_MS,
    );
    if (event.kind !== 'move' && event.kind !== 'down') return;
    this.#timingsMs.push(performance.now() - startMs);
    if (this.#timingsMs.length > KEPT_TIMINGS) this.#timingsMs.shift();
  }

  #changeView(view: Viewport): void {
    this.#view = view;
    this.#host.onViewChange(view);
    this.#requestFrame();
  }

  #isSized(): boolean {
    return this.#container.clientWidth > 0 && this.#container.clientHeight > 0;
  }

  #resize(): void {
    const { clientWidth, clientHeight } = this.#container;
    if (clientWidth === 0 || clientHeight === 0) return;
    const dpr = window.devicePixelRatio || 1;
    for (const canvas of [this.#picture, this.#overlay]) {
      canvas.width = Math.max(1, Math.round(clientWidth * dpr));
      canvas.height = Math.max(1, Math.round(clientHeight * dpr));
    }
    this.#view = resized(this.#view, clientWidth, clientHeight, dpr);
    if (this.#isFitWanted) this.fit();
    else this.#changeView(this.#view);
    // Setting a canvas' size empties it: draw in the same task so that resizing does not flicker.
    this.#drawFrame();
  }

  #buildLayers(): void {
    const gl = this.#gl;
    if (!gl || gl.isContextLost()) return;
    this.#layers = { image: new ImageLayer(gl), masks: new MaskLayer(gl) };
    this.#colors.markAllChanged();
    this.#fillLayers();
    this.#requestFrame();
  }

  #fillLayers(): void {
    if (!this.#layers || !this.#image) return;
    const { widthPx, heightPx, picture } = this.#image;
    this.#layers.image.setPicture(picture);
    this.#layers.masks.setImage(widthPx, heightPx);
    this.#layers.masks.setDrawings(this.#drawings);
  }

  #requestFrame(): void {
    this.#damage = 'all';
    this.overlayChanged();
  }

  #drawFrame(): void {
    cancelAnimationFrame(this.#frame);
    this.#frame = 0;
    if ((window.devicePixelRatio || 1) !== this.#view.devicePixelRatio && this.#isSized())
      return this.#resize();
    if (this.#damage !== null) {
      const endMs = performance.now() + FRAME_WORK_MS;
      const damage = this.#damage;
      this.#damage = null;
      if (!this.#drawScene(damage, () => performance.now() > endMs)) this.#requestFrame();
    }
    this.#drawOverlay();
  }

  #drawOverlay(): void {
    if (!this.#overlayContext) return;
    const shapes = this.#image ? this.#host.overlayShapes() : [];
    // Chromium may go on showing an older frame of a canvas that was only cleared: an empty overlay is hidden.
    this.#overlay.style.visibility = shapes.length === 0 ? 'hidden' : 'visible';
    drawOverlay(this.#overlayContext, this.#view, shapes);
  }

  /** Draws what was damaged; answers false when there is more to upload. */
  #drawScene(damage: ImageBounds | 'all', isOutOfTime: () => boolean): boolean {
    const gl = this.#gl;
    if (!gl || !this.#layers || gl.isContextLost()) return true;
    gl.viewport(0, 0, gl.drawingBufferWidth, gl.drawingBufferHeight);
    this.#limitTo(gl, damage);
    gl.clearColor(0, 0, 0, 0);
    gl.clear(gl.COLOR_BUFFER_BIT);
    if (!this.#image) return true;
    const { image, masks } = this.#layers;
    const areMasksDone = masks.update(this.#view, isOutOfTime);
    this.#hasStaleMasks = !areMasksDone;
    const isPictureDone = image.draw(this.#view, isOutOfTime);
    masks.draw(this.#view, this.#display, this.#colors);
    return areMasksDone && isPictureDone;
  }

  #limitTo(gl: WebGL2RenderingContext, damage: ImageBounds | 'all'): void {
    if (damage === 'all') {
      gl.disable(gl.SCISSOR_TEST);
      return;
    }
    const { devicePixelRatio: dpr } = this.#view;
    const margin = DAMAGE_MARGIN_SCREEN_PX;
    const [left, top] = screenFromImage(this.#view, damage[0], damage[1]);
    const [right, bottom] = screenFromImage(this.#view, damage[2], damage[3]);
    const x = Math.max(0, Math.floor((left - margin) * dpr));
    const y = Math.max(0, Math.floor((top - margin) * dpr));
    const width = Math.max(0, Math.ceil((right + margin) * dpr) - x);
    const height = Math.max(0, Math.ceil((bottom + margin) * dpr) - y);
    gl.enable(gl.SCISSOR_TEST);
    gl.scissor(x, gl.drawingBufferHeight - y - height, width, height);
  }
}

function joinedBounds(a: ImageBounds | null, b: ImageBounds): ImageBounds {
  if (!a) return b;
  return [Math.min(a[0], b[0]), Math.min(a[1], b[1]), Math.max(a[2], b[2]), Math.max(a[3], b[3])];
}
