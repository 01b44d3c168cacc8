import { describe, expect, it, vi } from 'vitest';
import { ImageListState, PAGE_SIZE } from './image-list.svelte.ts';
import { FakeServer, imageRecord } from './testing/fake-server.ts';

describe('ImageListState', () => {
  it('fetches only the pages in sight of ten thousand images', async () => {
    const server = new FakeServer(10_000);
    const list = new ImageListState(server.api, () => undefined);
    list.setQuery('all', '');
    await vi.waitFor(() => expect(list.total).toBe(10_000));
    list.show(5000, 5010);
    list.show(5000, 5012);
    await vi.waitFor(() => expect(list.at(5000)?.id).toBe(5001));
    expect({ requests: server.requests.length, unseen: list.at(9999), place: list.indexOf(5001) }).toEqual({
      requests: 2,
      unseen: null,
      place: 5000,
    });
  });

  it('keeps a bounded number of pages after a long scroll', async () => {
    const server = new FakeServer(10_000);
    const list = new ImageListState(server.api, () => undefined);
    for (let first = 0; first < 10_000; first += PAGE_SIZE) {
      list.show(first, first + 10);
      await vi.waitFor(() => expect(list.at(first)).not.toBeNull());
    }
    expect(list.pages.size).toBeLessThanOrEqual(24);
  });

  it('drops an answer that a newer question has overtaken', async () => {
    const server = new FakeServer(300);
    const list = new ImageListState(server.api, () => undefined);
    list.setQuery('all', '');
    list.setQuery('all', 'image 299');
    await vi.waitFor(() => expect(list.total).toBe(1));
    expect(list.at(0)?.path).toBe('image 299.jpg');
  });

  it('replaces one image in place', async () => {
    const server = new FakeServer(3);
    const list = new ImageListState(server.api, () => undefined);
    list.setQuery('all', '');
    await vi.waitFor(() => expect(list.total).toBe(3));
    list.apply(imageRecord(2, { state: 'done' }));
    expect([0, 1, 2].map((index) => list.at(index)?.state)).toEqual(['todo', 'done', 'todo']);
  });
});
