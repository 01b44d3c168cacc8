// Tells a mouse wheel from a trackpad and turns both into zoom or pan. Pure; must not know the DOM.

export interface WheelInput {
  deltaX: number;
  deltaY: number;
  /** WheelEvent.deltaMode: 0 pixels, 1 lines, 2 pages. */
  deltaMode: number;
  ctrlKey: boolean;
  shiftKey: boolean;
  altKey: boolean;
  timeMs: number;
}

export type WheelAction =
  | { kind: 'zoom'; factor: number }
  | { kind: 'pan'; dxScreen: number; dyScreen: number }
  | { kind: 'brush-size'; steps: number };

/** Events of one swipe follow each other faster than this. */
const SAME_GESTURE_MS = 250;
/** Smallest jump of a mouse wheel's notch in pixels; trackpads start far below. */
const NOTCH_PX = 50;
const LINE_PX = 16;
const PAGE_PX = 400;

/** Remembers which device the running gesture came from: the fast middle of a swipe looks like a wheel. */
export class WheelClassifier {
  #isTrackpad = false;
  #lastMs = Number.NEGATIVE_INFINITY;

  classify(input: WheelInput): WheelAction {
    const unitPx = input.deltaMode === 1 ? LINE_PX : input.deltaMode === 2 ? PAGE_PX : 1;
    const dx = input.deltaX * unitPx;
    const dy = input.deltaY * unitPx;
    const isNewGesture = input.timeMs - this.#lastMs > SAME_GESTURE_MS;
    this.#lastMs = input.timeMs;
    if (isNewGesture) this.#isTrackpad = looksLikeTrackpad(input);
    else this.#isTrackpad ||= looksLikeTrackpad(input) && !input.ctrlKey;

    if (input.altKey) return { kind: 'brush-size', steps: -Math.sign(dy !== 0 ? dy : dx) };
    // Browsers report a pinch as a wheel with ctrl; its deltas are small.
    if (input.ctrlKey)
      return { kind: 'zoom', factor: Math.exp(-dy * (Math.abs(dy) < NOTCH_PX ? 0.01 : 0.002)) };
    if (input.shiftKey && dx === 0) return { kind: 'pan', dxScreen: -dy, dyScreen: 0 };
    if (this.#isTrackpad) return { kind: 'pan', dxScreen: -dx, dyScreen: -dy };
    return { kind: 'zoom', factor: Math.exp(-dy * 0.002) };
  }
}

function looksLikeTrackpad(input: WheelInput): boolean {
  if (input.deltaMode !== 0) return false;
  if (input.deltaX !== 0 && !input.shiftKey) return true;
  const jump = Math.abs(input.deltaX !== 0 ? input.deltaX : input.deltaY);
  return jump < NOTCH_PX;
}
