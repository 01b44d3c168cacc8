// Draws the regions: label tiles in a texture array, a page table and a colour table, one rectangle a frame.
// Knows masks only as drawings with slots; must not know records, history or tools.

import { TILE_SIZE } from '#shared/mask/tile-mask.ts';
import { type ColorTable, COLOR_TABLE_HEIGHT, COLOR_TABLE_WIDTH } from './color-table.ts';
import { createProgram, createTexture, IMAGE_RECT_VERTEX_SHADER, type GlProgram } from './gl-program.ts';
import type { MaskDrawing, TexelRect } from './label-composite.ts';
import { LabelTileCache, type ImageBounds } from './label-tile-cache.ts';
import { MASK_FRAGMENT_SHADER } from './mask-shader.ts';
import { visibleImageBox, zoomOf, type Viewport } from './viewport.ts';

/** 32 MiB of labels: enough for every tile on an 8-megapixel display. */
const POOL_LAYERS = 256;
const GRID_FROM_ZOOM = 8;

export interface MaskDisplay {
  opacity: number;
  outlineOnly: boolean;
  masksHidden: boolean;
}

export class MaskLayer {
  readonly #gl: WebGL2RenderingContext;
  readonly #program: GlProgram;
  readonly #labels: WebGLTexture;
  readonly #pages: WebGLTexture;
  readonly #colors: WebGLTexture;
  readonly #cache: LabelTileCache;
  readonly #staging = new Uint16Array(TILE_SIZE * TILE_SIZE);
  #shownTable: { level: number; version: number } | null = null;

  constructor(gl: WebGL2RenderingContext) {
    this.#gl = gl;
    this.#program = createProgram(gl, IMAGE_RECT_VERTEX_SHADER, MASK_FRAGMENT_SHADER);
    const nearest = { min: gl.NEAREST, mag: gl.NEAREST };
    this.#labels = createTexture(gl, gl.TEXTURE_2D_ARRAY, nearest);
    gl.texStorage3D(gl.TEXTURE_2D_ARRAY, 1, gl.R16UI, TILE_SIZE, TILE_SIZE, POOL_LAYERS);
    this.#pages = createTexture(gl, gl.TEXTURE_2D, nearest);
    this.#colors = createTexture(gl, gl.TEXTURE_2D, nearest);
    gl.texStorage2D(gl.TEXTURE_2D, 1, gl.RGBA8, COLOR_TABLE_WIDTH, COLOR_TABLE_HEIGHT);
    this.#cache = new LabelTileCache(POOL_LAYERS, (layer, rect, texels) => this.#upload(layer, rect, texels));
  }

  setImage(widthPx: number, heightPx: number): void {
    this.#cache.setImage(widthPx, heightPx);
    this.#shownTable = null;
  }

  setDrawings(drawings: readonly MaskDrawing[]): void {
    this.#cache.setDrawings(drawings);
  }

  markStale(bounds: ImageBounds): void {
    this.#cache.markStale(bounds);
  }

  markAllStale(): void {
    this.#cache.markAllStale();
  }

  /** Composes and uploads what the view needs; answers false when time ran out before all was done. */
  update(view: Viewport, isOutOfTime: () => boolean): boolean {
    const visible = visibleImageBox(view);
    return this.#cache.update(this.#cache.levelFor(zoomOf(view), visible), visible, isOutOfTime);
  }

  draw(view: Viewport, display: MaskDisplay, colors: ColorTable): void {
    const visible = visibleImageBox(view);
    const zoom = zoomOf(view);
    const hasGrid = zoom >= GRID_FROM_ZOOM;
    if (display.masksHidden && !hasGrid) return;
    const level = this.#cache.levelFor(zoom, visible);
    const gl = this.#gl;
    gl.useProgram(this.#program.program);
    this.#bindPages(level);
    this.#bindColors(colors);
    gl.activeTexture(gl.TEXTURE0);
    gl.bindTexture(gl.TEXTURE_2D_ARRAY, this.#labels);
    this.#setUniforms(view, display, level, hasGrid ? gridAlpha(zoom) : 0);
    gl.enable(gl.BLEND);
    gl.blendFunc(gl.ONE, gl.ONE_MINUS_SRC_ALPHA);
    gl.drawArrays(gl.TRIANGLE_STRIP, 0, 4);
    gl.disable(gl.BLEND);
  }

  dispose(): void {
    for (const texture of [this.#labels, this.#pages, this.#colors]) this.#gl.deleteTexture(texture);
    this.#gl.deleteProgram(this.#program.program);
  }

  #setUniforms(view: Viewport, display: MaskDisplay, level: number, grid: number): void {
    const gl = this.#gl;
    const dpr = view.devicePixelRatio;
    const at = (name: string) => this.#program.uniform(name);
    gl.uniform4f(at('uImageRect'), 0, 0, view.imageWidthPx, view.imageHeightPx);
    gl.uniform3f(at('uDeviceFromImage'), zoomOf(view), view.xOffsetScreen * dpr, view.yOffsetScreen * dpr);
    gl.uniform2f(at('uDeviceSize'), gl.drawingBufferWidth, gl.drawingBufferHeight);
    gl.uniform2i(at('uImageSize'), view.imageWidthPx, view.imageHeightPx);
    gl.uniform1i(at('uLevel'), level);
    gl.uniform1i(at('uLabels'), 0);
    gl.uniform1i(at('uPages'), 1);
    gl.uniform1i(at('uColors'), 2);
    gl.uniform1f(at('uOpacity'), display.opacity);
    gl.uniform1f(at('uDevicePixelRatio'), dpr);
    gl.uniform1i(at('uHasMasks'), display.masksHidden ? 0 : 1);
    gl.uniform1i(at('uIsOutlineOnly'), display.outlineOnly ? 1 : 0);
    gl.uniform1f(at('uGridAlpha'), grid);
  }

  #bindPages(level: number): void {
    const gl = this.#gl;
    const table = this.#cache.pageTable(level);
    gl.activeTexture(gl.TEXTURE1);
    gl.bindTexture(gl.TEXTURE_2D, this.#pages);
    if (this.#shownTable?.level === level && this.#shownTable.version === table.version) return;
    gl.pixelStorei(gl.UNPACK_ALIGNMENT, 2);
    gl.texImage2D(
      gl.TEXTURE_2D,
      0,
      gl.R16UI,
      table.tilesAcross,
      table.tilesDown,
      0,
      gl.RED_INTEGER,
      gl.UNSIGNED_SHORT,
      table.pages,
    );
    gl.pixelStorei(gl.UNPACK_ALIGNMENT, 4);
    this.#shownTable = { level, version: table.version };
  }

  #bindColors(colors: ColorTable): void {
    const gl = this.#gl;
    gl.activeTexture(gl.TEXTURE2);
    gl.bindTexture(gl.TEXTURE_2D, this.#colors);
    for (const row of colors.changedRows) {
      const bytes = colors.bytes.subarray(row * COLOR_TABLE_WIDTH * 4, (row + 1) * COLOR_TABLE_WIDTH * 4);
      gl.texSubImage2D(gl.TEXTURE_2D, 0, 0, row, COLOR_TABLE_WIDTH, 1, gl.RGBA, gl.UNSIGNED_BYTE, bytes);
    }
    colors.changedRows.clear();
  }

  #upload(layer: number, rect: TexelRect, texels: Uint16Array): void {
    const gl = this.#gl;
    const width = rect.x1 - rect.x0;
    const height = rect.y1 - rect.y0;
    gl.activeTexture(gl.TEXTURE0);
    gl.bindTexture(gl.TEXTURE_2D_ARRAY, this.#labels);
    gl.pixelStorei(gl.UNPACK_ALIGNMENT, 2);
    const packed = this.#packedRect(rect, texels);
    const [format, type] = [gl.RED_INTEGER, gl.UNSIGNED_SHORT];
    gl.texSubImage3D(gl.TEXTURE_2D_ARRAY, 0, rect.x0, rect.y0, layer, width, height, 1, format, type, packed);
    gl.pixelStorei(gl.UNPACK_ALIGNMENT, 4);
  }

  /** The rectangle's texels without gaps: Chromium refuses row length together with skipped pixels for arrays. */
  #packedRect({ x0, y0, x1, y1 }: TexelRect, texels: Uint16Array): Uint16Array {
    const width = x1 - x0;
    if (width === TILE_SIZE) return texels.subarray(y0 * TILE_SIZE, y1 * TILE_SIZE);
    for (let y = y0; y < y1; y++) {
      const row = y * TILE_SIZE;
      this.#staging.set(texels.subarray(row + x0, row + x1), (y - y0) * width);
    }
    return this.#staging.subarray(0, width * (y1 - y0));
  }
}

/** The grid fades in so that crossing the limit does not flash. */
function gridAlpha(zoom: number): number {
  return Math.min(0.35, 0.12 + (zoom - GRID_FROM_ZOOM) * 0.02);
}
