import { describe, expect, it, vi } from 'vitest';
import { ProjectState } from './project.svelte.ts';
import { category, FakeServer } from './testing/fake-server.ts';
import { VocabularyState } from './vocabulary.svelte.ts';

async function setUp() {
  const server = new FakeServer(2);
  server.categories = [category(1, 'sky'), category(2, 'sea')];
  const project = new ProjectState(server.api);
  await project.refresh();
  const shown: number[] = [];
  const errors: unknown[] = [];
  let openImageId: number | null = 1;
  const frames: (() => void)[] = [];
  const vocabulary = new VocabularyState({
    api: server.api,
    project,
    openImageId: () => openImageId,
    onProposals: (annotations) => shown.push(annotations.imageId),
    onError: (error) => errors.push(error),
    nextFrame: (run) => frames.push(run),
  });
  return {
    server,
    project,
    vocabulary,
    shown,
    errors,
    open: (id: number | null) => (openImageId = id),
    frame: () => frames.splice(0).forEach((run) => run()),
  };
}

describe('VocabularyState', () => {
  it('asks once a frame while a slider moves and writes the class once, at the end', async () => {
    const { server, vocabulary, project, frame } = await setUp();
    const [sky] = project.categories;
    for (const value of [0.1, 0.2, 0.3]) vocabulary.dragThreshold(1, value);
    expect(vocabulary.thresholdOf(sky!)).toBe(0.3);
    expect(server.requestsTo('relabel')).toHaveLength(0);
    frame();
    await vi.waitFor(() => expect(vocabulary.isRelabelling).toBe(false));
    expect(server.requestsTo('relabel').map((request) => request.body)).toEqual([{ thresholds: { 1: 0.3 } }]);
    expect(server.requests.filter((request) => request.method === 'PATCH')).toHaveLength(0);

    await vocabulary.commitThreshold(1);
    expect(
      server.requests.filter((request) => request.method === 'PATCH').map((request) => request.body),
    ).toEqual([{ threshold: 0.3 }]);
    expect({ overrides: vocabulary.overrides.size, written: project.categories[0]?.threshold }).toEqual({
      overrides: 0,
      written: 0.3,
    });
  });

  it('has one request under way and then asks for the newest values', async () => {
    const { server, vocabulary, frame } = await setUp();
    let release: () => void = () => undefined;
    server.relabelGate = new Promise((resolve) => (release = resolve));
    vocabulary.dragThreshold(1, 0.1);
    frame();
    for (const value of [0.2, 0.4, 0.9]) {
      vocabulary.dragThreshold(1, value);
      frame();
    }
    expect(server.requestsTo('relabel')).toHaveLength(1);
    release();
    await vi.waitFor(() => expect(server.requestsTo('relabel')).toHaveLength(2));
    expect(server.requestsTo('relabel').at(-1)?.body).toEqual({ thresholds: { 1: 0.9 } });
  });

  it('labels an image when it is opened only if it has nothing or the classes changed since', async () => {
    const { server, vocabulary, shown, open } = await setUp();
    vocabulary.imageOpened(1, true);
    expect(server.requestsTo('relabel')).toHaveLength(0);
    open(2);
    vocabulary.imageOpened(2, false);
    await vi.waitFor(() => expect(shown).toEqual([2]));
    vocabulary.imageOpened(2, true);
    await vocabulary.patch(1, { prompts: ['heaven'] });
    await vi.waitFor(() => expect(shown).toEqual([2, 2]));
    open(1);
    vocabulary.imageOpened(1, true);
    await vi.waitFor(() => expect(shown).toEqual([2, 2, 1]));
    vocabulary.imageOpened(1, true);
    expect(server.requestsTo('relabel')).toHaveLength(3);
  });

  it('does not label anew for a colour, nor without an open image', async () => {
    const { server, vocabulary, open } = await setUp();
    await vocabulary.patch(1, { color: '#ff0000' });
    open(null);
    await vocabulary.patch(1, { name: 'Sky' });
    expect(server.requestsTo('relabel')).toHaveLength(0);
  });

  it('tells an error and can go on afterwards', async () => {
    const { server, vocabulary, errors, shown } = await setUp();
    server.isDown = true;
    vocabulary.relabel();
    await vi.waitFor(() => expect(errors).toHaveLength(1));
    server.isDown = false;
    vocabulary.relabel();
    await vi.waitFor(() => expect(shown).toEqual([1]));
    expect(vocabulary.isRelabelling).toBe(false);
  });
});
