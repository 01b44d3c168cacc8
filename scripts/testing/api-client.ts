// Talks to an API handler in tests: JSON in, JSON out, every answer checked against the contract.

import { expect } from 'vitest';
import type { z } from 'zod';
import { errorBodySchema, sessionResponseSchema, type EventWire } from '#shared/contract/wire.ts';

type Api = (request: Request) => Promise<Response>;

export class TestClient {
  readonly #api: () => Api;
  sessionId: string | null = null;

  constructor(api: () => Api) {
    this.#api = api;
  }

  async raw(
    method: string,
    path: string,
    body?: unknown,
    headers: Record<string, string> = {},
  ): Promise<Response> {
    const init: RequestInit = { method, headers: { ...headers } };
    if (this.sessionId !== null)
      (init.headers as Record<string, string>)['x-clearlabel-session'] = this.sessionId;
    if (body instanceof FormData || typeof body === 'string') init.body = body;
    else if (body !== undefined) init.body = JSON.stringify(body);
    return this.#api()(new Request(`http://test${path}`, init));
  }

  /** A request that must succeed, with an answer of this form. */
  async ok<T extends z.ZodType>(
    schema: T,
    method: string,
    path: string,
    body?: unknown,
  ): Promise<z.output<T>> {
    const response = await this.raw(method, path, body);
    const text = await response.text();
    if (!response.ok) throw new Error(`${method} ${path} answered ${response.status}: ${text}`);
    return schema.parse(text === '' ? null : JSON.parse(text));
  }

  /** A request that must fail: its status and problem. */
  async problem(
    method: string,
    path: string,
    body?: unknown,
  ): Promise<{ status: number; code: string; message: string }> {
    const response = await this.raw(method, path, body);
    expect(response.ok, `${method} ${path} should fail`).toBe(false);
    const { code, message } = errorBodySchema.parse(await response.json());
    return { status: response.status, code, message };
  }

  async openSession(takeOver = false): Promise<z.output<typeof sessionResponseSchema>> {
    const session = await this.ok(sessionResponseSchema, 'POST', '/api/session', { takeOver });
    this.sessionId = session.sessionId;
    return session;
  }

  /** Opens the event stream; `next` waits for the first event (old or new) that fits. */
  async events(): Promise<EventReader> {
    const abort = new AbortController();
    const url = `http://test/api/events${this.sessionId === null ? '' : `?session=${this.sessionId}`}`;
    const response = await this.#api()(new Request(url, { signal: abort.signal }));
    return new EventReader(response, abort);
  }
}

export class EventReader {
  readonly seen: EventWire[] = [];
  readonly #reader: ReadableStreamDefaultReader<string>;
  readonly #abort: AbortController;
  #text = '';
  #next = 0;

  constructor(response: Response, abort: AbortController) {
    if (response.body === null) throw new Error('no event stream');
    this.#reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
    this.#abort = abort;
  }

  async next(fits: (event: EventWire) => boolean): Promise<EventWire> {
    for (;;) {
      for (; this.#next < this.seen.length; this.#next++) {
        const event = this.seen[this.#next];
        if (event !== undefined && fits(event)) {
          this.#next += 1;
          return event;
        }
      }
      await this.#read();
    }
  }

  close(): void {
    this.#abort.abort();
    void this.#reader.cancel().catch(() => undefined);
  }

  async #read(): Promise<void> {
    const { value, done } = await this.#reader.read();
    if (done) throw new Error('the event stream ended');
    this.#text += value;
    const blocks = this.#text.split('\n\n');
    this.#text = blocks.pop() ?? '';
    for (const block of blocks) {
      if (block.startsWith('data: ')) this.seen.push(JSON.parse(block.slice(6)) as EventWire);
    }
  }
}
