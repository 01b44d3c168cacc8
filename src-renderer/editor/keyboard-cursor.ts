// A pointer for people without one: arrow keys move it, Space and Enter press it. Speaks to tools in the same
// pointer events as the mouse. Must not know keys (the key table does) or the DOM.

import type { CanvasPointerEvent } from '#renderer/canvas/canvas-input.ts';
import type { ImagePoint } from './editor-types.ts';

export interface KeyboardCursorHost {
  readonly widthPx: number;
  readonly heightPx: number;
  /** CSS pixels per image pixel. */
  readonly screenScale: number;
  /** Where the cursor appears first. */
  startPoint(): ImagePoint;
  send(event: CanvasPointerEvent): void;
  reveal(point: ImagePoint): void;
}

const STEP_SCREEN_PX = 12;

export class KeyboardCursor {
  #point: ImagePoint | null = null;
  #isPressed = false;
  #isSubtracting = false;

  get point(): ImagePoint | null {
    return this.#point;
  }

  get isPressed(): boolean {
    return this.#isPressed;
  }

  /** `dx`, `dy` in steps; a fine step is one image pixel. */
  move(host: KeyboardCursorHost, dx: number, dy: number, isFine: boolean): void {
    const stepImagePx = isFine ? 1 : Math.max(1, Math.round(STEP_SCREEN_PX / host.screenScale));
    const from = this.#point ?? centreOfPixel(host.startPoint());
    const isNew = this.#point === null;
    this.#point = {
      xImagePx: clamp(from.xImagePx + (isNew ? 0 : dx * stepImagePx), 0.5, host.widthPx - 0.5),
      yImagePx: clamp(from.yImagePx + (isNew ? 0 : dy * stepImagePx), 0.5, host.heightPx - 0.5),
    };
    host.reveal(this.#point);
    this.#send(host, this.#isPressed ? 'move' : 'hover');
  }

  press(host: KeyboardCursorHost, isSubtracting: boolean): void {
    if (!this.#point || this.#isPressed) return;
    this.#isPressed = true;
    this.#isSubtracting = isSubtracting;
    this.#send(host, 'down');
  }

  release(host: KeyboardCursorHost): void {
    if (!this.#point || !this.#isPressed) return;
    this.#send(host, 'up');
    this.#isPressed = false;
  }

  /** The mouse has taken over, or Esc. */
  hide(): void {
    this.#point = null;
    this.#isPressed = false;
  }

  /** The gesture ended in another way. */
  lift(): void {
    this.#isPressed = false;
  }

  #send(host: KeyboardCursorHost, kind: CanvasPointerEvent['kind']): void {
    if (!this.#point) return;
    host.send({
      kind,
      samples: [this.#point],
      button: 'primary',
      modifiers: { alt: this.#isSubtracting, shift: false, ctrl: false },
      clickCount: 1,
    });
  }
}

function centreOfPixel(point: ImagePoint): ImagePoint {
  return { xImagePx: Math.floor(point.xImagePx) + 0.5, yImagePx: Math.floor(point.yImagePx) + 0.5 };
}

function clamp(value: number, low: number, high: number): number {
  return Math.min(high, Math.max(low, value));
}
