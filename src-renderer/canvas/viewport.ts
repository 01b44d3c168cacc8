// Where the image lies on the screen: pure arithmetic, no DOM. A Viewport is immutable.
// Spaces: image pixels (pixel i covers i..i+1), screen = CSS pixels in the container, device = screen × dpr.

export interface Viewport {
  readonly widthScreenPx: number;
  readonly heightScreenPx: number;
  readonly devicePixelRatio: number;
  readonly imageWidthPx: number;
  readonly imageHeightPx: number;
  /** screenFromImage: screen = image × scale + offset. */
  readonly scale: number;
  readonly xOffsetScreen: number;
  readonly yOffsetScreen: number;
}

/** Zoom = device pixels per image pixel, so that 100 % is sharp on every display. */
export const MIN_ZOOM = 0.02;
export const MAX_ZOOM = 64;

const FIT_MARGIN_SCREEN_PX = 16;
/** So much of the image always stays within reach. */
const KEEP_VISIBLE_SCREEN_PX = 48;

export function createViewport(imageWidthPx: number, imageHeightPx: number): Viewport {
  return {
    widthScreenPx: 1,
    heightScreenPx: 1,
    devicePixelRatio: 1,
    imageWidthPx,
    imageHeightPx,
    scale: 1,
    xOffsetScreen: 0,
    yOffsetScreen: 0,
  };
}

export function zoomOf(view: Viewport): number {
  return view.scale * view.devicePixelRatio;
}

export function screenFromImage(view: Viewport, xImagePx: number, yImagePx: number): [x: number, y: number] {
  return [xImagePx * view.scale + view.xOffsetScreen, yImagePx * view.scale + view.yOffsetScreen];
}

export function imageFromScreen(view: Viewport, xScreen: number, yScreen: number): [x: number, y: number] {
  return [(xScreen - view.xOffsetScreen) / view.scale, (yScreen - view.yOffsetScreen) / view.scale];
}

/** Scales about a screen point: the image pixel under it stays under it unless the image would leave the screen. */
export function zoomAt(view: Viewport, xScreen: number, yScreen: number, factor: number): Viewport {
  return withZoomAt(view, xScreen, yScreen, zoomOf(view) * factor);
}

export function withZoomAt(view: Viewport, xScreen: number, yScreen: number, zoom: number): Viewport {
  const [xImagePx, yImagePx] = imageFromScreen(view, xScreen, yScreen);
  const scale = clampZoom(zoom) / view.devicePixelRatio;
  return keepReachable({
    ...view,
    scale,
    xOffsetScreen: xScreen - xImagePx * scale,
    yOffsetScreen: yScreen - yImagePx * scale,
  });
}

export function panBy(view: Viewport, dxScreen: number, dyScreen: number): Viewport {
  return keepReachable({
    ...view,
    xOffsetScreen: view.xOffsetScreen + dxScreen,
    yOffsetScreen: view.yOffsetScreen + dyScreen,
  });
}

/** The whole image in the middle with a margin; small images are not blown up beyond 800 %. */
export function fitImage(view: Viewport): Viewport {
  const width = Math.max(1, view.widthScreenPx - 2 * FIT_MARGIN_SCREEN_PX);
  const height = Math.max(1, view.heightScreenPx - 2 * FIT_MARGIN_SCREEN_PX);
  const scale = Math.min(width / view.imageWidthPx, height / view.imageHeightPx);
  const zoom = Math.min(scale * view.devicePixelRatio, 8);
  return centredOn(view, view.imageWidthPx / 2, view.imageHeightPx / 2, zoom);
}

/** 100 % about the middle of the screen. */
export function actualSize(view: Viewport): Viewport {
  return withZoomAt(view, view.widthScreenPx / 2, view.heightScreenPx / 2, 1);
}

/** Puts an image point into the middle of the screen. */
export function centredOn(view: Viewport, xImagePx: number, yImagePx: number, zoom = zoomOf(view)): Viewport {
  const scale = clampZoom(zoom) / view.devicePixelRatio;
  return keepReachable({
    ...view,
    scale,
    xOffsetScreen: view.widthScreenPx / 2 - xImagePx * scale,
    yOffsetScreen: view.heightScreenPx / 2 - yImagePx * scale,
  });
}

/** Shows a box of the image in the middle, not closer than the present zoom unless it would not be seen whole. */
export function revealBox(view: Viewport, box: readonly [number, number, number, number]): Viewport {
  const [x, y, width, height] = box;
  const [left, top] = screenFromImage(view, x, y);
  const [right, bottom] = screenFromImage(view, x + width, y + height);
  if (left >= 0 && top >= 0 && right <= view.widthScreenPx && bottom <= view.heightScreenPx) return view;
  const scale = Math.min(view.widthScreenPx / (width * 1.3 + 1), view.heightScreenPx / (height * 1.3 + 1));
  const zoom = Math.min(zoomOf(view), scale * view.devicePixelRatio);
  return centredOn(view, x + width / 2, y + height / 2, zoom);
}

/** Pans as little as needed to bring an image point at least `marginScreenPx` inside. */
export function scrollIntoView(
  view: Viewport,
  xImagePx: number,
  yImagePx: number,
  marginScreenPx: number,
): Viewport {
  const [x, y] = screenFromImage(view, xImagePx, yImagePx);
  const dx = clamp(x, marginScreenPx, view.widthScreenPx - marginScreenPx) - x;
  const dy = clamp(y, marginScreenPx, view.heightScreenPx - marginScreenPx) - y;
  return dx === 0 && dy === 0 ? view : panBy(view, dx, dy);
}

/** New container size or pixel ratio: the image point in the middle stays there and so does the zoom. */
export function resized(
  view: Viewport,
  widthScreenPx: number,
  heightScreenPx: number,
  devicePixelRatio: number,
): Viewport {
  const [xImagePx, yImagePx] = imageFromScreen(view, view.widthScreenPx / 2, view.heightScreenPx / 2);
  const zoom = zoomOf(view);
  const next = {
    ...view,
    widthScreenPx: Math.max(1, widthScreenPx),
    heightScreenPx: Math.max(1, heightScreenPx),
    devicePixelRatio,
  };
  return centredOn(next, xImagePx, yImagePx, zoom);
}

/** The part of the image on screen as [x0, y0, x1, y1) in whole image pixels; empty when x1 <= x0. */
export function visibleImageBox(view: Viewport): [x0: number, y0: number, x1: number, y1: number] {
  const [left, top] = imageFromScreen(view, 0, 0);
  const [right, bottom] = imageFromScreen(view, view.widthScreenPx, view.heightScreenPx);
  return [
    clamp(Math.floor(left), 0, view.imageWidthPx),
    clamp(Math.floor(top), 0, view.imageHeightPx),
    clamp(Math.ceil(right), 0, view.imageWidthPx),
    clamp(Math.ceil(bottom), 0, view.imageHeightPx),
  ];
}

function keepReachable(view: Viewport): Viewport {
  const width = view.imageWidthPx * view.scale;
  const height = view.imageHeightPx * view.scale;
  const keepX = Math.min(KEEP_VISIBLE_SCREEN_PX, width, view.widthScreenPx);
  const keepY = Math.min(KEEP_VISIBLE_SCREEN_PX, height, view.heightScreenPx);
  return {
    ...view,
    xOffsetScreen: clamp(view.xOffsetScreen, keepX - width, view.widthScreenPx - keepX),
    yOffsetScreen: clamp(view.yOffsetScreen, keepY - height, view.heightScreenPx - keepY),
  };
}

function clampZoom(zoom: number): number {
  return Number.isFinite(zoom) ? clamp(zoom, MIN_ZOOM, MAX_ZOOM) : 1;
}

function clamp(value: number, low: number, high: number): number {
  return high < low ? (low + high) / 2 : Math.min(high, Math.max(low, value));
}
