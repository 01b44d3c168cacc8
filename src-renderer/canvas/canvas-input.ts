// What the pointer did over the canvas, in plain data: the door between DOM events and the tools.
// Types only.

export interface PointerSample {
  xImagePx: number;
  yImagePx: number;
}

export interface Modifiers {
  alt: boolean;
  shift: boolean;
  /** Ctrl, or Command on a Mac. */
  ctrl: boolean;
}

export type PointerButton = 'primary' | 'secondary';

export interface CanvasPointerEvent {
  /** `hover` = moved without a button; `leave` = left the canvas. */
  kind: 'down' | 'move' | 'up' | 'cancel' | 'hover' | 'leave';
  /** In order, the last one is where the pointer is now; several only for `move` (coalesced events). Never empty. */
  samples: readonly PointerSample[];
  button: PointerButton;
  modifiers: Modifiers;
  /** 2 for the second press of a double click. */
  clickCount: number;
}
