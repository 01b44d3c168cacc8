// Listens to the container: turns DOM pointer and wheel events into tool events, pans, zooms and brush sizes.
// Owns gesture recognition (space-drag, middle button, two fingers, Alt+right-drag); must not know what tools do.

import type { CanvasPointerEvent, Modifiers, PointerButton, PointerSample } from './canvas-input.ts';
import { WheelClassifier } from './wheel.ts';

export interface PointerSink {
  /** Container CSS pixels → image pixels. */
  toImage(xScreen: number, yScreen: number): PointerSample;
  onTool(event: CanvasPointerEvent): void;
  onPan(dxScreen: number, dyScreen: number): void;
  onZoom(xScreen: number, yScreen: number, factor: number): void;
  onBrushSteps(steps: number): void;
  onBrushDrag(dxScreen: number): void;
  isPanKeyHeld(): boolean;
}

type Gesture =
  | { kind: 'none' }
  | { kind: 'tool'; pointerId: number; button: PointerButton }
  | { kind: 'pan'; pointerId: number }
  | { kind: 'brush-size'; pointerId: number }
  | { kind: 'touch' };

interface Contact {
  x: number;
  y: number;
}

const DOUBLE_CLICK_MS = 400;
const DOUBLE_CLICK_PX = 6;

export class PointerSource {
  readonly #element: HTMLElement;
  readonly #sink: PointerSink;
  readonly #wheel = new WheelClassifier();
  readonly #contacts = new Map<number, Contact>();
  readonly #abort = new AbortController();
  #gesture: Gesture = { kind: 'none' };
  #lastPress = { timeMs: Number.NEGATIVE_INFINITY, x: 0, y: 0, count: 0 };
  #origin = { left: 0, top: 0 };

  constructor(element: HTMLElement, sink: PointerSink) {
    this.#element = element;
    this.#sink = sink;
    const options = { signal: this.#abort.signal };
    const on = <K extends keyof HTMLElementEventMap>(name: K, run: (event: HTMLElementEventMap[K]) => void) =>
      element.addEventListener(name, run as EventListener, options);
    on('pointerdown', (event) => this.#down(event));
    on('pointermove', (event) => this.#move(event));
    on('pointerup', (event) => this.#up(event, 'up'));
    on('pointercancel', (event) => this.#up(event, 'cancel'));
    on('pointerleave', (event) => this.#leave(event));
    on('contextmenu', (event) => event.preventDefault());
    // The middle button would start the browser's own scrolling.
    on('mousedown', (event) => event.button === 1 && event.preventDefault());
    element.addEventListener('wheel', (event) => this.#onWheel(event), { ...options, passive: false });
  }

  get isBusy(): boolean {
    return this.#gesture.kind !== 'none';
  }

  dispose(): void {
    this.#abort.abort();
  }

  #down(event: PointerEvent): void {
    this.#element.focus({ preventScroll: true });
    const place = this.#place(event, true);
    this.#contacts.set(event.pointerId, place);
    if (event.pointerType === 'touch' && this.#contacts.size === 2) {
      this.#beginTouchGesture(event);
      return;
    }
    if (this.#gesture.kind !== 'none') return;
    this.#element.setPointerCapture(event.pointerId);
    this.#gesture = this.#gestureFor(event);
    if (this.#gesture.kind === 'tool') this.#send('down', event, this.#countPress(event, place));
  }

  #gestureFor(event: PointerEvent): Gesture {
    const { pointerId } = event;
    if (event.button === 1 || (event.button === 0 && this.#sink.isPanKeyHeld()))
      return { kind: 'pan', pointerId };
    if (event.button === 2 && event.altKey) return { kind: 'brush-size', pointerId };
    if (event.button === 2) return { kind: 'tool', pointerId, button: 'secondary' };
    if (event.button === 0) return { kind: 'tool', pointerId, button: 'primary' };
    return { kind: 'none' };
  }

  #move(event: PointerEvent): void {
    const gesture = this.#gesture;
    const before = this.#contacts.get(event.pointerId);
    const place = this.#place(event, gesture.kind === 'none');
    if (before) this.#contacts.set(event.pointerId, place);
    if (gesture.kind === 'none') return this.#send('hover', event);
    if (gesture.kind === 'touch') return before ? this.#pinch(event.pointerId, before, place) : undefined;
    if (gesture.pointerId !== event.pointerId) return undefined;
    if (gesture.kind === 'tool') return this.#send('move', event);
    if (!before) return undefined;
    if (gesture.kind === 'pan') return this.#sink.onPan(place.x - before.x, place.y - before.y);
    return this.#sink.onBrushDrag(place.x - before.x);
  }

  #up(event: PointerEvent, kind: 'up' | 'cancel'): void {
    this.#contacts.delete(event.pointerId);
    const gesture = this.#gesture;
    if (gesture.kind === 'touch') {
      if (this.#contacts.size === 0) this.#gesture = { kind: 'none' };
      return;
    }
    if (gesture.kind === 'none' || gesture.pointerId !== event.pointerId) return;
    if (gesture.kind === 'tool') this.#send(kind, event);
    this.#gesture = { kind: 'none' };
  }

  #leave(event: PointerEvent): void {
    if (this.#gesture.kind === 'none') this.#send('leave', event);
  }

  /** A second finger turns a stroke that has hardly begun into a pinch. */
  #beginTouchGesture(event: PointerEvent): void {
    if (this.#gesture.kind === 'tool') this.#send('cancel', event);
    this.#gesture = { kind: 'touch' };
  }

  #pinch(pointerId: number, before: Contact, now: Contact): void {
    const other = [...this.#contacts].find(([id]) => id !== pointerId)?.[1];
    if (!other) return;
    const distance = (a: Contact, b: Contact) => Math.max(1, Math.hypot(a.x - b.x, a.y - b.y));
    this.#sink.onPan((now.x - before.x) / 2, (now.y - before.y) / 2);
    const middle = { x: (now.x + other.x) / 2, y: (now.y + other.y) / 2 };
    this.#sink.onZoom(middle.x, middle.y, distance(now, other) / distance(before, other));
  }

  #onWheel(event: WheelEvent): void {
    event.preventDefault();
    const action = this.#wheel.classify({
      deltaX: event.deltaX,
      deltaY: event.deltaY,
      deltaMode: event.deltaMode,
      ctrlKey: event.ctrlKey,
      shiftKey: event.shiftKey,
      altKey: event.altKey,
      timeMs: event.timeStamp,
    });
    if (action.kind === 'brush-size') return this.#sink.onBrushSteps(action.steps);
    if (action.kind === 'pan') return this.#sink.onPan(action.dxScreen, action.dyScreen);
    const place = this.#place(event, true);
    return this.#sink.onZoom(place.x, place.y, action.factor);
  }

  #send(kind: CanvasPointerEvent['kind'], event: PointerEvent, clickCount = 1): void {
    const coalesced = kind === 'move' ? event.getCoalescedEvents() : [];
    const events = coalesced.length > 0 ? coalesced : [event];
    const samples = events.map((one) =>
      this.#sink.toImage(one.clientX - this.#origin.left, one.clientY - this.#origin.top),
    );
    const button = this.#gesture.kind === 'tool' ? this.#gesture.button : 'primary';
    this.#sink.onTool({ kind, samples, button, modifiers: modifiersOf(event), clickCount });
  }

  #countPress(event: PointerEvent, place: Contact): number {
    const last = this.#lastPress;
    const isRepeat =
      event.timeStamp - last.timeMs < DOUBLE_CLICK_MS &&
      Math.hypot(place.x - last.x, place.y - last.y) < DOUBLE_CLICK_PX;
    const count = isRepeat ? last.count + 1 : 1;
    this.#lastPress = { timeMs: event.timeStamp, x: place.x, y: place.y, count };
    return count;
  }

  /** Asking for the element's place forces layout, so a running stroke keeps what it knew at its start. */
  #place(event: MouseEvent, isFresh: boolean): Contact {
    if (isFresh) {
      const box = this.#element.getBoundingClientRect();
      this.#origin = { left: box.left, top: box.top };
    }
    return { x: event.clientX - this.#origin.left, y: event.clientY - this.#origin.top };
  }
}

function modifiersOf(event: PointerEvent): Modifiers {
  return { alt: event.altKey, shift: event.shiftKey, ctrl: event.ctrlKey || event.metaKey };
}
