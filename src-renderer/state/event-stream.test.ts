import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { EventStream } from './event-stream.ts';

class FakeSource {
  onopen: (() => void) | null = null;
  onmessage: ((message: { data: string }) => void) | null = null;
  onerror: (() => void) | null = null;
  isClosed = false;
  readonly url: string;

  constructor(url: string) {
    this.url = url;
  }

  close(): void {
    this.isClosed = true;
  }
}

describe('EventStream', () => {
  beforeEach(() => vi.useFakeTimers());
  afterEach(() => vi.useRealTimers());

  function setUp() {
    const sources: FakeSource[] = [];
    const log: unknown[] = [];
    const stream = new EventStream(
      {
        onEvent: (event) => log.push(event),
        onOpen: (isAgain) => log.push(isAgain ? 'again' : 'open'),
        onLost: () => log.push('lost'),
      },
      (url) => {
        const source = new FakeSource(url);
        sources.push(source);
        return source as unknown as EventSource;
      },
    );
    return { stream, sources, log };
  }

  it('passes events on and drops what it does not understand', () => {
    const { stream, sources, log } = setUp();
    stream.connect('a b');
    expect(sources[0]?.url).toBe('/api/events?session=a%20b');
    sources[0]?.onopen?.();
    sources[0]?.onmessage?.({ data: '{"type":"categories"}' });
    sources[0]?.onmessage?.({ data: '{"type":"from the future"}' });
    sources[0]?.onmessage?.({ data: 'not json' });
    expect(log).toEqual(['open', { type: 'categories' }]);
  });

  it('connects again after a loss, ever more slowly, and says that it is not the first time', () => {
    const { stream, sources, log } = setUp();
    stream.connect('s');
    sources[0]?.onopen?.();
    sources[0]?.onerror?.();
    vi.advanceTimersByTime(500);
    sources[1]?.onerror?.();
    vi.advanceTimersByTime(500);
    expect(sources).toHaveLength(2);
    vi.advanceTimersByTime(500);
    sources[2]?.onopen?.();
    expect({ log, closed: sources.map((source) => source.isClosed) }).toEqual({
      log: ['open', 'lost', 'lost', 'again'],
      closed: [true, true, false],
    });
  });

  it('stays closed when asked to', () => {
    const { stream, sources } = setUp();
    stream.connect('s');
    sources[0]?.onerror?.();
    stream.close();
    vi.advanceTimersByTime(60_000);
    expect(sources).toHaveLength(1);
  });
});
