// Server-sent events with reconnect. Owns one EventSource at a time; what an event means is the caller's business.

import { eventSchema, type EventWire } from '#shared/contract/wire.ts';

export interface EventStreamHandlers {
  onEvent: (event: EventWire) => void;
  /** The stream is open; `isAgain` = it had been open before, so events may have been missed. */
  onOpen: (isAgain: boolean) => void;
  onLost: () => void;
}

const RETRY_DELAYS_MS = [500, 1000, 2000, 4000, 8000];

export class EventStream {
  readonly #handlers: EventStreamHandlers;
  readonly #createSource: (url: string) => EventSource;
  #source: EventSource | null = null;
  #sessionId = '';
  #wasOpen = false;
  #failures = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(handlers: EventStreamHandlers, createSource = (url: string) => new EventSource(url)) {
    this.#handlers = handlers;
    this.#createSource = createSource;
  }

  /** Opens the stream, or opens it anew with another session id. */
  connect(sessionId: string): void {
    this.close();
    this.#sessionId = sessionId;
    const source = this.#createSource(`/api/events?session=${encodeURIComponent(sessionId)}`);
    this.#source = source;
    source.onopen = () => {
      this.#failures = 0;
      this.#handlers.onOpen(this.#wasOpen);
      this.#wasOpen = true;
    };
    source.onmessage = (message: MessageEvent<string>) => {
      const event = eventSchema.safeParse(parseJson(message.data));
      if (event.success) this.#handlers.onEvent(event.data);
    };
    source.onerror = () => {
      this.#retryLater();
    };
  }

  close(): void {
    clearTimeout(this.#timer);
    this.#source?.close();
    this.#source = null;
  }

  /** The browser's own retry gives up on some errors, so every loss is handled here, in one way. */
  #retryLater(): void {
    this.close();
    this.#handlers.onLost();
    const delayMs = RETRY_DELAYS_MS[Math.min(this.#failures, RETRY_DELAYS_MS.length - 1)] ?? 8000;
    this.#failures += 1;
    this.#timer = setTimeout(() => {
      this.connect(this.#sessionId);
    }, delayMs);
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return null;
  }
}
