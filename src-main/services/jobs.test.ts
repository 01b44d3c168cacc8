import { describe, expect, test } from 'vitest';
import type { JobWire } from '#shared/contract/wire.ts';
import { Jobs, type JobHandle } from './jobs.ts';

function createJobs() {
  const changes: JobWire[] = [];
  let now = 0;
  const jobs = new Jobs({ onChange: (job) => changes.push(job), persist: () => undefined, nowMs: () => now });
  return { jobs, changes, advanceMs: (ms: number) => (now += ms) };
}

async function steps(handle: JobHandle, count: number, between: (index: number) => void | Promise<void>) {
  for (let index = 0; index < count; index++) {
    await handle.checkpoint();
    await between(index);
    handle.setDone(index + 1);
  }
}

describe('jobs', () => {
  test('report progress, images a second and the time left', async () => {
    const { jobs, changes, advanceMs } = createJobs();
    const job = jobs.start({
      kind: 'prelabel',
      total: 4,
      run: (handle) => steps(handle, 4, () => void advanceMs(500)),
    });
    expect(await jobs.finished(job.id)).toMatchObject({ state: 'done', done: 4, imagesPerSecond: 2 });
    expect(changes.find((change) => change.done === 2)).toMatchObject({ imagesPerSecond: 2, secondsLeft: 1 });
  });

  test('a pause holds the work and does not count as time', async () => {
    const { jobs, advanceMs } = createJobs();
    const reached: number[] = [];
    const job = jobs.start({
      kind: 'prelabel',
      total: 3,
      run: (handle) =>
        steps(handle, 3, (index) => {
          advanceMs(1000);
          reached.push(index);
          if (index === 0) jobs.pause(handle.jobId);
        }),
    });
    await new Promise((resolve) => setImmediate(resolve));
    expect(reached).toEqual([0]);
    expect(jobs.get(job.id).state).toBe('paused');
    advanceMs(60_000);
    jobs.resume(job.id);
    expect(await jobs.finished(job.id)).toMatchObject({ state: 'done', imagesPerSecond: 1 });
  });

  test('cancelling ends a paused job; its record says so', async () => {
    const { jobs } = createJobs();
    const job = jobs.start({
      kind: 'prelabel',
      total: 2,
      run: (handle) => steps(handle, 2, () => void jobs.pause(handle.jobId)),
    });
    await new Promise((resolve) => setImmediate(resolve));
    jobs.cancel(job.id);
    expect(await jobs.finished(job.id)).toMatchObject({ state: 'cancelled', done: 1 });
  });

  test('a failing job carries the reason and never rejects', async () => {
    const { jobs } = createJobs();
    const job = jobs.start({ kind: 'export', total: 1, run: () => Promise.reject(new Error('no space')) });
    expect(await jobs.finished(job.id)).toMatchObject({ state: 'failed', message: 'no space' });
  });

  test('closing the project leaves the record as it was, ready to go on', async () => {
    const { jobs, changes } = createJobs();
    jobs.start({
      kind: 'prelabel',
      total: 9,
      run: (handle) => steps(handle, 9, (index) => (index === 2 ? new Promise(() => undefined) : undefined)),
    });
    await new Promise((resolve) => setImmediate(resolve));
    expect(changes.at(-1)).toMatchObject({ state: 'running', done: 2 });
  });

  test('unknown jobs are named as such', () => {
    expect(() => createJobs().jobs.pause('none')).toThrow(
      expect.objectContaining({ code: 'request/not-found' }),
    );
  });
});
