// One shared tooltip in the top layer: shown on hover and on keyboard focus. The accessible name of the control
// is the control's own business (aria-label); this is for eyes.

import type { Attachment } from 'svelte/attachments';

const SHOW_DELAY_MS = 450;
const GAP_PX = 6;

let bubble: HTMLElement | null = null;
let timer: ReturnType<typeof setTimeout> | undefined;

/** Shows `text` and, as a key cap, `keys`. An empty text shows nothing. */
export function tooltip(text: string, keys = ''): Attachment<HTMLElement> {
  return (target) => {
    const showSoon = (): void => {
      clearTimeout(timer);
      timer = setTimeout(() => show(target, text, keys), SHOW_DELAY_MS);
    };
    const onFocus = (): void => {
      if (target.matches(':focus-visible')) showSoon();
    };
    target.addEventListener('pointerenter', showSoon);
    target.addEventListener('pointerleave', hide);
    target.addEventListener('pointerdown', hide);
    target.addEventListener('focus', onFocus);
    target.addEventListener('blur', hide);
    return () => {
      hide();
      target.removeEventListener('pointerenter', showSoon);
      target.removeEventListener('pointerleave', hide);
      target.removeEventListener('pointerdown', hide);
      target.removeEventListener('focus', onFocus);
      target.removeEventListener('blur', hide);
    };
  };
}

function show(target: HTMLElement, text: string, keys: string): void {
  if (text === '' || !target.isConnected) return;
  bubble ??= createBubble();
  const label = document.createElement('span');
  label.textContent = text;
  bubble.replaceChildren(label);
  if (keys !== '') {
    const cap = document.createElement('kbd');
    cap.textContent = keys;
    bubble.append(cap);
  }
  // A modal dialog makes the rest of the page inert, so the bubble goes where its target is.
  (target.closest('dialog') ?? document.body).append(bubble);
  if ('showPopover' in bubble) bubble.showPopover();
  place(bubble, target.getBoundingClientRect());
}

function hide(): void {
  clearTimeout(timer);
  if (bubble?.isConnected === true && 'hidePopover' in bubble) bubble.hidePopover();
  bubble?.remove();
}

function createBubble(): HTMLElement {
  const element = document.createElement('div');
  element.className = 'tooltip';
  element.setAttribute('aria-hidden', 'true');
  element.setAttribute('popover', 'manual');
  return element;
}

function place(element: HTMLElement, target: DOMRect): void {
  const own = element.getBoundingClientRect();
  const isBelow = target.bottom + GAP_PX + own.height < innerHeight;
  const left = Math.min(
    Math.max(GAP_PX, target.left + (target.width - own.width) / 2),
    innerWidth - own.width - GAP_PX,
  );
  element.style.left = `${left}px`;
  element.style.top = `${isBelow ? target.bottom + GAP_PX : target.top - own.height - GAP_PX}px`;
}
