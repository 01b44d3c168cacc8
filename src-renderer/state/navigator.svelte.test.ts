import { describe, expect, it, vi } from 'vitest';
import { Editor } from '../editor/editor.ts';
import { EditorView } from './editor-view.svelte.ts';
import { ImageListState } from './image-list.svelte.ts';
import { Navigator } from './navigator.svelte.ts';
import { PictureLoader } from './picture-loader.ts';
import { FakeServer, imageRecord } from './testing/fake-server.ts';

function setUp(imageCount = 4) {
  const server = new FakeServer(imageCount);
  const notes: string[] = [];
  const errors: unknown[] = [];
  const view = new EditorView(new Editor({ saveEdit: () => Promise.reject(new Error('not in this test')) }));
  const images = new ImageListState(server.api, (error) => errors.push(error));
  const navigator = new Navigator({
    api: server.api,
    view,
    images,
    pictures: new PictureLoader(() => Promise.resolve(new Blob())),
    onOpened: () => undefined,
    onError: (error) => errors.push(error),
    notify: (message) => notes.push(message),
  });
  // jsdom decodes no pictures; the editor shows masks without one.
  vi.stubGlobal('createImageBitmap', () => new Promise(() => undefined));
  return { server, navigator, view, notes, errors };
}

const opened = (view: EditorView, id: number) => vi.waitFor(() => expect(view.imageId).toBe(id));

describe('Navigator', () => {
  it('steps through the list and says where it ends', async () => {
    const { navigator, view, notes } = setUp(2);
    void navigator.open(1, 0);
    await opened(view, 1);
    void navigator.step(1);
    await opened(view, 2);
    await navigator.step(1);
    expect({ index: navigator.index, notes }).toEqual({ index: 1, notes: ['This is the last image.'] });
  });

  it('shows the image that was asked for last', async () => {
    const { navigator, view } = setUp(3);
    void navigator.open(1);
    void navigator.open(2);
    void navigator.open(3);
    await opened(view, 3);
    expect(navigator.current?.id).toBe(3);
  });

  it('marks an image without regions as done-empty and goes to the next that waits for review', async () => {
    const { server, navigator, view } = setUp(3);
    server.images = [imageRecord(1), imageRecord(2, { state: 'done' }), imageRecord(3)];
    void navigator.open(1, 0);
    await opened(view, 1);
    void navigator.markDoneAndNext();
    await opened(view, 3);
    expect(server.images.map((image) => image.state)).toEqual(['done-empty', 'done', 'todo']);
  });

  it('tells when nothing is left to review', async () => {
    const { server, navigator, view, notes } = setUp(1);
    void navigator.open(1, 0);
    await opened(view, 1);
    await navigator.skipAndNext();
    expect({ notes, state: server.images[0]?.state }).toEqual({
      notes: ['Every image has been reviewed.'],
      state: 'skipped',
    });
  });

  it('explains an image that cannot be shown', async () => {
    const { server, navigator, view } = setUp(1);
    const problem = { code: 'image/truncated', message: 'The file is cut off.' };
    server.images = [imageRecord(1, { problem })];
    await navigator.open(1, 0);
    await opened(view, 1);
    expect(navigator.problem?.message).toBe('The file is cut off.');
  });

  it('waits for the header of an image and opens it then', async () => {
    const { server, navigator, view } = setUp(1);
    server.images = [imageRecord(1, { widthPx: 0, heightPx: 0 })];
    await navigator.open(1, 0);
    expect(view.imageId).toBeNull();
    server.images = [imageRecord(1)];
    await navigator.refreshCurrent();
    await opened(view, 1);
    expect(view.snapshot.imageSize).toEqual({ widthPx: 64, heightPx: 48 });
  });
});
