import { describe, expect, it, vi } from 'vitest';
import { Coalescer, Delayed } from './coalescer.ts';

describe('Coalescer', () => {
  it('has one run under way and one more for all requests made meanwhile', async () => {
    const releases: (() => void)[] = [];
    let runs = 0;
    const coalescer = new Coalescer(
      () => {
        runs += 1;
        return new Promise((resolve) => releases.push(resolve));
      },
      () => undefined,
    );
    coalescer.request();
    coalescer.request();
    coalescer.request();
    expect(runs).toBe(1);
    releases.shift()?.();
    await vi.waitFor(() => expect(runs).toBe(2));
    releases.shift()?.();
    await Promise.resolve();
    expect(runs).toBe(2);
  });

  it('reports an error and goes on', async () => {
    const errors: unknown[] = [];
    let runs = 0;
    const coalescer = new Coalescer(
      () => (++runs === 1 ? Promise.reject(new Error('no')) : Promise.resolve()),
      (error) => errors.push(error),
    );
    coalescer.request();
    coalescer.request();
    await vi.waitFor(() => expect(runs).toBe(2));
    expect(errors).toEqual([new Error('no')]);
  });
});

describe('Delayed', () => {
  it('runs once for many requests, and at once when flushed', () => {
    vi.useFakeTimers();
    let runs = 0;
    const delayed = new Delayed(() => (runs += 1), 100);
    delayed.flush();
    expect(runs).toBe(0);
    delayed.request();
    delayed.request();
    delayed.flush();
    expect(runs).toBe(1);
    delayed.request();
    vi.advanceTimersByTime(100);
    expect(runs).toBe(2);
    vi.useRealTimers();
  });
});
