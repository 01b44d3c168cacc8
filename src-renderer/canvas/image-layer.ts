// Draws the picture: a shrunken overview at once, 512-px tiles with mipmaps where the zoom asks for more.
// Owns its textures under a byte limit; must not know masks or the document.

import { createProgram, createTexture, IMAGE_RECT_VERTEX_SHADER, type GlProgram } from './gl-program.ts';
import { visibleImageBox, zoomOf, type Viewport } from './viewport.ts';

export type Picture = ImageBitmap | OffscreenCanvas | HTMLCanvasElement | HTMLImageElement;

const TILE_PX = 512;
const OVERVIEW_PX = 2048;
const TEXTURE_LIMIT_BYTES = 256 * 1024 * 1024;
/** A 512² RGBA tile with its mipmaps. */
const TILE_BYTES = Math.round(TILE_PX * TILE_PX * 4 * (4 / 3));
/** From here on single pixels are wanted sharp. */
const NEAREST_FROM_ZOOM = 2;

const FRAGMENT_SHADER = `#version 300 es
precision highp float;
uniform sampler2D uPicture;
uniform vec2 uTextureUsed;    // part of the texture that holds pixels
in vec2 vCorner;
out vec4 color;
void main() {
  vec4 texel = texture(uPicture, vCorner * uTextureUsed);
  color = vec4(texel.rgb * texel.a, texel.a);
}`;

interface PictureTile {
  texture: WebGLTexture;
  usedAt: number;
}

export class ImageLayer {
  readonly #gl: WebGL2RenderingContext;
  readonly #program: GlProgram;
  readonly #scratch: OffscreenCanvas;
  #picture: Picture | null = null;
  #overview: WebGLTexture | null = null;
  #overviewScale = 1;
  #tiles = new Map<number, PictureTile>();
  #clock = 0;

  constructor(gl: WebGL2RenderingContext) {
    this.#gl = gl;
    this.#program = createProgram(gl, IMAGE_RECT_VERTEX_SHADER, FRAGMENT_SHADER);
    this.#scratch = new OffscreenCanvas(TILE_PX, TILE_PX);
  }

  setPicture(picture: Picture | null): void {
    this.#dropTextures();
    this.#picture = picture;
    if (picture) this.#makeOverview(picture);
  }

  /** Answers false when tiles are still to come: draw again in the next frame. */
  draw(view: Viewport, isOutOfTime: () => boolean): boolean {
    const picture = this.#picture;
    if (!picture || !this.#overview) return true;
    const pictureScale = picture.width / view.imageWidthPx;
    const zoom = zoomOf(view);
    this.#begin(view);
    if (zoom <= this.#overviewScale * pictureScale * 1.05 || this.#overviewScale === 1) {
      this.#drawOverview(view, zoom);
      return true;
    }
    this.#drawOverview(view, zoom);
    return this.#drawTiles(view, picture, pictureScale, isOutOfTime);
  }

  dispose(): void {
    this.#dropTextures();
    this.#gl.deleteProgram(this.#program.program);
  }

  #begin(view: Viewport): void {
    const gl = this.#gl;
    const dpr = view.devicePixelRatio;
    gl.useProgram(this.#program.program);
    gl.uniform3f(
      this.#program.uniform('uDeviceFromImage'),
      zoomOf(view),
      view.xOffsetScreen * dpr,
      view.yOffsetScreen * dpr,
    );
    gl.uniform2f(this.#program.uniform('uDeviceSize'), gl.drawingBufferWidth, gl.drawingBufferHeight);
    gl.uniform1i(this.#program.uniform('uPicture'), 0);
    gl.activeTexture(gl.TEXTURE0);
    gl.disable(gl.BLEND);
  }

  #drawOverview(view: Viewport, zoom: number): void {
    this.#drawTexture(this.#overview, [0, 0, view.imageWidthPx, view.imageHeightPx], [1, 1], zoom);
  }

  #drawTiles(view: Viewport, picture: Picture, pictureScale: number, isOutOfTime: () => boolean): boolean {
    this.#clock++;
    const [x0, y0, x1, y1] = visibleImageBox(view);
    if (x1 <= x0 || y1 <= y0) return true;
    const tilesAcross = Math.ceil(picture.width / TILE_PX);
    let isComplete = true;
    const last = (end: number, size: number) =>
      Math.floor((Math.min(end * pictureScale, size) - 1e-6) / TILE_PX);
    for (let tileY = Math.floor((y0 * pictureScale) / TILE_PX); tileY <= last(y1, picture.height); tileY++) {
      for (let tileX = Math.floor((x0 * pictureScale) / TILE_PX); tileX <= last(x1, picture.width); tileX++) {
        const key = tileY * tilesAcross + tileX;
        let tile = this.#tiles.get(key);
        if (!tile && isOutOfTime()) isComplete = false;
        else tile ??= this.#makeTile(key, picture, tileX * TILE_PX, tileY * TILE_PX);
        if (!tile) continue;
        tile.usedAt = this.#clock;
        const width = Math.min(TILE_PX, picture.width - tileX * TILE_PX);
        const height = Math.min(TILE_PX, picture.height - tileY * TILE_PX);
        const rect = [tileX * TILE_PX, tileY * TILE_PX, width, height].map((value) => value / pictureScale);
        const used: [number, number] = [width / TILE_PX, height / TILE_PX];
        this.#drawTexture(tile.texture, rect, used, zoomOf(view));
      }
    }
    return isComplete;
  }

  #drawTexture(texture: WebGLTexture | null, rect: number[], used: [number, number], zoom: number): void {
    const gl = this.#gl;
    const mag = zoom >= NEAREST_FROM_ZOOM ? gl.NEAREST : gl.LINEAR;
    gl.bindTexture(gl.TEXTURE_2D, texture);
    gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_MAG_FILTER, mag);
    gl.uniform4fv(this.#program.uniform('uImageRect'), rect);
    gl.uniform2f(this.#program.uniform('uTextureUsed'), used[0], used[1]);
    gl.drawArrays(gl.TRIANGLE_STRIP, 0, 4);
  }

  #makeOverview(picture: Picture): void {
    const scale = Math.min(1, OVERVIEW_PX / Math.max(picture.width, picture.height));
    const width = Math.max(1, Math.round(picture.width * scale));
    const height = Math.max(1, Math.round(picture.height * scale));
    this.#overviewScale = scale;
    if (scale === 1) {
      this.#overview = this.#textureOf(picture);
      return;
    }
    const canvas = new OffscreenCanvas(width, height);
    const context = canvas.getContext('2d');
    if (!context) return;
    context.imageSmoothingQuality = 'high';
    context.drawImage(picture, 0, 0, width, height);
    this.#overview = this.#textureOf(canvas);
  }

  #makeTile(key: number, picture: Picture, x: number, y: number): PictureTile | undefined {
    const context = this.#scratch.getContext('2d');
    if (!context) return undefined;
    this.#makeRoom();
    const width = Math.min(TILE_PX, picture.width - x);
    const height = Math.min(TILE_PX, picture.height - y);
    context.clearRect(0, 0, TILE_PX, TILE_PX);
    context.drawImage(picture, x, y, width, height, 0, 0, width, height);
    // The last row and column once more: mipmaps and linear filtering must not reach into emptiness.
    if (width < TILE_PX)
      context.drawImage(picture, x + width - 1, y, 1, height, width, 0, TILE_PX - width, height);
    if (height < TILE_PX) {
      context.drawImage(this.#scratch, 0, height - 1, TILE_PX, 1, 0, height, TILE_PX, TILE_PX - height);
    }
    const tile = { texture: this.#textureOf(this.#scratch), usedAt: this.#clock };
    this.#tiles.set(key, tile);
    return tile;
  }

  #textureOf(source: Picture): WebGLTexture {
    const gl = this.#gl;
    const texture = createTexture(gl, gl.TEXTURE_2D, { min: gl.LINEAR_MIPMAP_LINEAR, mag: gl.LINEAR });
    gl.pixelStorei(gl.UNPACK_PREMULTIPLY_ALPHA_WEBGL, false);
    gl.pixelStorei(gl.UNPACK_COLORSPACE_CONVERSION_WEBGL, gl.NONE);
    gl.texImage2D(gl.TEXTURE_2D, 0, gl.RGBA8, gl.RGBA, gl.UNSIGNED_BYTE, source);
    gl.generateMipmap(gl.TEXTURE_2D);
    return texture;
  }

  #makeRoom(): void {
    if ((this.#tiles.size + 1) * TILE_BYTES <= TEXTURE_LIMIT_BYTES) return;
    let oldestKey = -1;
    let oldest: PictureTile | null = null;
    for (const [key, tile] of this.#tiles) {
      if (tile.usedAt < this.#clock && (!oldest || tile.usedAt < oldest.usedAt))
        [oldestKey, oldest] = [key, tile];
    }
    if (!oldest) return;
    this.#gl.deleteTexture(oldest.texture);
    this.#tiles.delete(oldestKey);
  }

  #dropTextures(): void {
    if (this.#overview) this.#gl.deleteTexture(this.#overview);
    for (const tile of this.#tiles.values()) this.#gl.deleteTexture(tile.texture);
    this.#overview = null;
    this.#tiles = new Map();
  }
}
