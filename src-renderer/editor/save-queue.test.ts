import { describe, expect, it } from 'vitest';
import type { EditRequest } from '#shared/contract/wire.ts';
import { SaveQueue } from './save-queue.ts';
import { imageRecord } from './testing/editor-fixture.ts';
import { FakeServer, type Trouble } from './testing/fake-server.ts';
import { ManualTimers, settled } from './testing/manual-timers.ts';

function queueWith(troubles: Trouble[]) {
  const server = new FakeServer(imageRecord(1));
  server.troubles = troubles;
  const timers = new ManualTimers();
  const saved: number[] = [];
  const queue = new SaveQueue({
    send: server.saveEdit,
    timers,
    onChange: () => undefined,
    onSaved: (_imageId, { revision }) => saved.push(revision),
  });
  return { server, timers, queue, saved };
}

const edit = (editId: string): EditRequest => ({ editId, label: editId, changes: [] });

describe('SaveQueue', () => {
  it('sends one after the other, in order', async () => {
    const { server, queue, saved } = queueWith([]);
    for (const id of ['a', 'b', 'c']) queue.add(1, edit(id));
    expect(server.requests).toBe(1);
    await queue.whenIdle();
    expect(server.labels).toEqual(['a', 'b', 'c']);
    expect(saved).toEqual([1, 2, 3]);
    expect([queue.state, queue.message]).toEqual(['saved', '']);
  });

  it('waits longer after every failure and keeps the order', async () => {
    const { server, timers, queue } = queueWith(['fail', 'fail', 'fail']);
    queue.add(1, edit('a'));
    queue.add(1, edit('b'));
    await settled();
    expect(queue.state).toBe('failed');
    for (const delayMs of [500, 1000, 2000]) {
      timers.advance(delayMs - 1);
      const before = server.requests;
      timers.advance(1);
      expect(server.requests).toBe(before + 1);
      await settled();
    }
    expect([queue.state, server.labels]).toEqual(['saved', ['a', 'b']]);
  });

  it('repeats after a lost answer without doing the edit twice', async () => {
    const { server, timers, queue } = queueWith(['lose-answer']);
    queue.add(1, edit('a'));
    await settled();
    timers.advance(500);
    await settled();
    expect([queue.state, server.labels, server.requests]).toEqual(['saved', ['a'], 2]);
  });

  it('gives up on an answer that does not come and asks again', async () => {
    const { server, timers, queue } = queueWith(['hang']);
    queue.add(1, edit('a'));
    await settled();
    expect(queue.state).toBe('saving');
    timers.advance(30_000);
    expect(queue.state).toBe('failed');
    timers.advance(500);
    await settled();
    expect([queue.state, server.labels]).toEqual(['saved', ['a']]);
  });

  it('tries at once when told so, and names what waits', async () => {
    const { timers, queue } = queueWith(['fail']);
    queue.add(1, edit('a'));
    queue.add(1, edit('b'));
    await settled();
    expect(queue.message).toBe('2 changes are not saved: the disk is full. Trying again…');
    expect(queue.pendingOf(1).map(({ editId }) => editId)).toEqual(['a', 'b']);
    queue.retryNow();
    await settled();
    expect([queue.state, timers.waitingCount]).toEqual(['saved', 0]);
  });
});
