// One window edits at a time. A window owns the project while its event stream is open; a window that has just
// asked and has not opened its stream yet is given a moment. Knows nothing of HTTP.

import { AppError } from '#shared/errors.ts';

/** How long a window may take between asking for a session and opening its event stream. */
const OPENING_GRACE_MS = 10_000;

export interface EditSessionOptions {
  onOwnerChange: (owner: string | null) => void;
  nowMs?: () => number;
}

export class EditSession {
  readonly #onOwnerChange: (owner: string | null) => void;
  readonly #nowMs: () => number;
  #owner: string | null = null;
  #ownerSinceMs = 0;
  readonly #streamCounts = new Map<string, number>();

  constructor(options: EditSessionOptions) {
    this.#onOwnerChange = options.onOwnerChange;
    this.#nowMs = options.nowMs ?? Date.now;
  }

  get owner(): string | null {
    return this.#owner;
  }

  /** Opens a session; `previousId` is the one a reloading window had. The caller owns the project if nobody else does. */
  open(request: { takeOver: boolean; previousId: string | null }): { sessionId: string; isOwner: boolean } {
    const isReload = request.previousId !== null && request.previousId === this.#owner;
    const sessionId = isReload && request.previousId !== null ? request.previousId : crypto.randomUUID();
    if (isReload || request.takeOver || !this.#isOwnerAlive()) this.#setOwner(sessionId);
    return { sessionId, isOwner: this.#owner === sessionId };
  }

  /** A window's event stream opened; call the answer when it closes. */
  attachStream(sessionId: string): () => void {
    this.#streamCounts.set(sessionId, (this.#streamCounts.get(sessionId) ?? 0) + 1);
    return () => {
      const left = (this.#streamCounts.get(sessionId) ?? 1) - 1;
      if (left > 0) this.#streamCounts.set(sessionId, left);
      else this.#streamCounts.delete(sessionId);
      // A reload opens its next stream within the grace; only then may another window take the project.
      if (left <= 0 && sessionId === this.#owner) this.#ownerSinceMs = this.#nowMs() - OPENING_GRACE_MS / 2;
    };
  }

  /**
   * Every write goes through here. A program without a session (a script with the token) may write while no
   * window owns the project.
   * @throws AppError `session/not-owner`
   */
  assertMayWrite(sessionId: string | null): void {
    if (sessionId !== null && sessionId === this.#owner) return;
    if (!this.#isOwnerAlive()) {
      if (sessionId !== null) this.#setOwner(sessionId);
      return;
    }
    throw new AppError(
      'session/not-owner',
      'This project is being edited in another window. Close that window, or choose "Edit here" to take over.',
    );
  }

  #isOwnerAlive(): boolean {
    if (this.#owner === null) return false;
    if ((this.#streamCounts.get(this.#owner) ?? 0) > 0) return true;
    return this.#nowMs() - this.#ownerSinceMs < OPENING_GRACE_MS;
  }

  #setOwner(sessionId: string): void {
    const isNew = this.#owner !== sessionId;
    this.#owner = sessionId;
    this.#ownerSinceMs = this.#nowMs();
    if (isNew) this.#onOwnerChange(sessionId);
  }
}
