// Which window may edit. A window that reloads shows its old id and stays the owner; a duplicated tab, which
// inherits the storage of a window that still lives, does not.

import type { ApiClient } from './api-client.ts';

const ID_KEY = 'clearlabel.session';
const LEFT_KEY = 'clearlabel.session.left';

export class SessionState {
  isOwner = $state(true);
  readonly #api: ApiClient;
  readonly #storage: Storage;

  constructor(api: ApiClient, storage: Storage) {
    this.#api = api;
    this.#storage = storage;
  }

  /** Answers the session id. */
  async open(takeOver = false): Promise<string> {
    this.#api.sessionId ??= this.#idLeftByReload();
    const answer = await this.#api.openSession(takeOver);
    this.#adopt(answer.sessionId);
    this.isOwner = answer.isOwner;
    return answer.sessionId;
  }

  /** Asks for the project once the window that had it is gone. Answers the new session id, or null: still taken. */
  async claim(): Promise<string | null> {
    const answer = await this.#api.openSession(false);
    if (!answer.isOwner) return null;
    this.#adopt(answer.sessionId);
    this.isOwner = true;
    return answer.sessionId;
  }

  /** Events name the owner. */
  ownerChanged(owner: string | null): void {
    this.isOwner = owner === null || owner === this.#api.sessionId;
  }

  /** The page goes away, perhaps to come back by a reload. */
  leave(): void {
    this.#storage.setItem(LEFT_KEY, '1');
  }

  #adopt(sessionId: string): void {
    this.#api.sessionId = sessionId;
    this.#storage.setItem(ID_KEY, sessionId);
    this.#storage.removeItem(LEFT_KEY);
  }

  #idLeftByReload(): string | null {
    return this.#storage.getItem(LEFT_KEY) === null ? null : this.#storage.getItem(ID_KEY);
  }
}
