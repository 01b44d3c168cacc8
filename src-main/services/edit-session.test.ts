import { describe, expect, test } from 'vitest';
import { EditSession } from './edit-session.ts';

function createSession() {
  const owners: (string | null)[] = [];
  let now = 0;
  const session = new EditSession({ onOwnerChange: (owner) => owners.push(owner), nowMs: () => now });
  const open = (takeOver = false, previousId: string | null = null) => session.open({ takeOver, previousId });
  return { session, owners, open, advanceMs: (ms: number) => (now += ms) };
}

describe('the editing window', () => {
  test('stays the owner while its stream is open, however long', () => {
    const { session, open, advanceMs } = createSession();
    const first = open();
    session.attachStream(first.sessionId);
    advanceMs(3_600_000);
    expect(open().isOwner).toBe(false);
    expect(() => session.assertMayWrite(null)).toThrow(
      expect.objectContaining({ code: 'session/not-owner' }),
    );
    expect(() => session.assertMayWrite(first.sessionId)).not.toThrow();
  });

  test('is replaced a moment after it has gone, not during a reload', () => {
    const { session, open, advanceMs } = createSession();
    const first = open();
    const detach = session.attachStream(first.sessionId);
    detach();
    expect(open().isOwner).toBe(false);
    expect(open(false, first.sessionId)).toEqual({ sessionId: first.sessionId, isOwner: true });
    advanceMs(10_000);
    expect(open().isOwner).toBe(true);
  });

  test('loses the project to a window that takes over, and everybody is told once', () => {
    const { session, owners, open } = createSession();
    const first = open();
    session.attachStream(first.sessionId);
    const second = open(true);
    expect(owners).toEqual([first.sessionId, second.sessionId]);
    expect(() => session.assertMayWrite(first.sessionId)).toThrow();
    expect(open(false, first.sessionId).isOwner).toBe(false);
  });

  test('a script may write while no window is open', () => {
    const { session } = createSession();
    expect(() => session.assertMayWrite(null)).not.toThrow();
  });
});
