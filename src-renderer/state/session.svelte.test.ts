import { beforeEach, describe, expect, it } from 'vitest';
import { ApiClient } from './api-client.ts';
import { SessionState } from './session.svelte.ts';

/** Answers like the server: a known id that owns the project stays, others get a new one. */
function windowOn(server: { owner: string | null; next: number }, storage: Storage): SessionState {
  const api = new ApiClient((_input, init) => {
    const previous = new Headers(init?.headers).get('x-clearlabel-session');
    const takeOver = (JSON.parse(init?.body as string) as { takeOver: boolean }).takeOver;
    const isReload = previous !== null && previous === server.owner;
    const sessionId = isReload ? previous : `window-${server.next++}`;
    if (server.owner === null || takeOver) server.owner = sessionId;
    return Promise.resolve(Response.json({ sessionId, isOwner: server.owner === sessionId }));
  });
  return new SessionState(api, storage);
}

describe('SessionState', () => {
  beforeEach(() => sessionStorage.clear());

  it('stays the owner over a reload', async () => {
    const server = { owner: null, next: 1 };
    const before = windowOn(server, sessionStorage);
    await before.open();
    before.leave();
    const after = windowOn(server, sessionStorage);
    expect([await after.open(), after.isOwner]).toEqual(['window-1', true]);
  });

  it('does not pass for the window that it was duplicated from', async () => {
    const server = { owner: null, next: 1 };
    await windowOn(server, sessionStorage).open();
    const duplicate = windowOn(server, sessionStorage);
    expect([await duplicate.open(), duplicate.isOwner]).toEqual(['window-2', false]);
    await duplicate.open(true);
    expect(duplicate.isOwner).toBe(true);
  });
});
