// The data API as a window uses it: real store, real folders, real decoding and segmentation; only the model is a
// stand-in that recognises colours.

import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { z } from 'zod';
import {
  annotationsSchema,
  appInfoSchema,
  catalogSchema,
  categoriesResponseSchema,
  editResponseSchema,
  folderListSchema,
  imageListSchema,
  imageRecordSchema,
  jobSchema,
  modelsSchema,
  nextImageSchema,
  projectSchema,
  projectSettingsSchema,
  relabelResponseSchema,
  type EditRequest,
} from '#shared/contract/wire.ts';
import { TestClient } from '../../scripts/testing/api-client.ts';
import { createTestBench, type TestBench } from '../../scripts/testing/test-application.ts';
import { BLUE, GREEN, RED, writeHalves } from '../../scripts/testing/test-images.ts';

let bench: TestBench;
let client: TestClient;

beforeEach(async () => {
  bench = await createTestBench();
  client = new TestClient(() => bench.api);
});
afterEach(() => bench.dispose());

async function openFolder(classes = 'red, green, blue') {
  writeHalves(join(bench.folder, 'a.bmp'), RED, GREEN);
  writeHalves(join(bench.folder, 'b.bmp'), GREEN, BLUE);
  await client.openSession();
  const project = await client.ok(projectSchema, 'POST', '/api/project/open', { folder: bench.folder });
  if (classes !== '') await client.ok(categoriesResponseSchema, 'POST', '/api/categories', { text: classes });
  return project;
}

const images = async () => (await client.ok(imageListSchema, 'GET', '/api/images')).images;

async function prelabelAll() {
  const job = await client.ok(jobSchema, 'POST', '/api/jobs/prelabel', {});
  return bench.application.jobs.finished(job.id);
}

describe('project', () => {
  test('opening a folder lists its images; closing forgets it', async () => {
    expect(await client.problem('GET', '/api/project')).toMatchObject({
      status: 409,
      code: 'project/not-open',
    });
    const project = await openFolder();
    expect(project).toMatchObject({ folder: bench.folder, name: 'photos', imageCount: 2 });
    expect((await images()).map((image) => image.path)).toEqual(['a.bmp', 'b.bmp']);
    await client.ok(z.null(), 'POST', '/api/project/close', {});
    expect(await client.problem('GET', '/api/images')).toMatchObject({ code: 'project/not-open' });
  });

  test('a folder that is not there is named', async () => {
    const folder = join(bench.root, 'nowhere');
    expect(await client.problem('POST', '/api/project/open', { folder })).toMatchObject({
      status: 404,
      code: 'project/folder-missing',
    });
  });

  test('settings and the place of the user survive a restart', async () => {
    await openFolder();
    const [first] = await images();
    await client.ok(projectSettingsSchema, 'PATCH', '/api/project/settings', {
      method: 'clip',
      minAreaPx: 7,
    });
    await client.ok(z.null(), 'PUT', '/api/project/view', { imageId: first?.id, json: '{"zoom":2}' });
    await bench.restart();
    expect(await client.ok(projectSchema, 'GET', '/api/project')).toMatchObject({
      settings: { method: 'clip', minAreaPx: 7, protocol: 'paper' },
      view: { imageId: first?.id, json: '{"zoom":2}' },
    });
  });

  test('what is not understood is refused with the place of the mistake', async () => {
    await openFolder();
    expect(await client.problem('PATCH', '/api/project/settings', { method: 'magic' })).toMatchObject({
      status: 400,
      code: 'request/invalid',
      message: expect.stringContaining('method') as string,
    });
    expect((await client.problem('POST', '/api/categories', 'not json')).code).toBe('request/invalid');
    expect((await client.problem('GET', '/api/images/abc')).code).toBe('request/invalid');
    expect((await client.problem('GET', '/api/images/999')).code).toBe('image/not-found');
    expect((await client.problem('GET', '/api/nothing')).code).toBe('request/not-found');
  });
});

describe('one window edits at a time', () => {
  test('a second window is told so, may take over, and the first one then may not write', async () => {
    await openFolder();
    const stream = await client.events();
    await stream.next((event) => event.type === 'hello');
    const second = new TestClient(() => bench.api);
    expect(await second.openSession()).toMatchObject({ isOwner: false });
    expect(await second.problem('POST', '/api/categories', { text: 'x' })).toMatchObject({
      status: 409,
      code: 'session/not-owner',
    });
    expect(await second.ok(projectSchema, 'GET', '/api/project')).toMatchObject({ imageCount: 2 });
    expect(await second.openSession(true)).toMatchObject({ isOwner: true });
    expect(await stream.next((event) => event.type === 'session')).toEqual({
      type: 'session',
      owner: second.sessionId,
    });
    expect((await client.problem('POST', '/api/categories', { text: 'y' })).code).toBe('session/not-owner');
    stream.close();
  });

  test('a window that reloads stays the owner', async () => {
    await openFolder();
    const stream = await client.events();
    await stream.next((event) => event.type === 'hello');
    stream.close();
    const before = client.sessionId;
    expect(await client.openSession()).toEqual({ sessionId: before, isOwner: true });
  });
});

describe('vocabulary', () => {
  test('classes are added, changed, reordered and removed', async () => {
    await openFolder('sky, tree=oak|pine');
    const added = await client.ok(categoriesResponseSchema, 'POST', '/api/categories', {
      text: 'Sky\nhouse',
    });
    expect(added.categories.map(({ name, prompts }) => ({ name, prompts }))).toEqual([
      { name: 'sky', prompts: [] },
      { name: 'tree', prompts: ['oak', 'pine'] },
      { name: 'house', prompts: [] },
    ]);
    expect(new Set(added.categories.map(({ color }) => color)).size).toBe(3);
    const [sky, tree, house] = added.categories;
    const patch = { name: 'home', threshold: 0.5, order: 0 };
    const changed = await client.ok(categoriesResponseSchema, 'PATCH', `/api/categories/${house?.id}`, patch);
    expect(changed.categories.map(({ name }) => name)).toEqual(['home', 'sky', 'tree']);
    expect(changed.categories[0]).toMatchObject({ threshold: 0.5, order: 0 });
    expect((await client.problem('PATCH', `/api/categories/${house?.id}`, { name: ' TREE' })).code).toBe(
      'vocabulary/invalid',
    );
    const left = await client.ok(
      categoriesResponseSchema,
      'DELETE',
      `/api/categories/${sky?.id}?reassignTo=${tree?.id}`,
    );
    expect(left.categories.map(({ name }) => name)).toEqual(['home', 'tree']);
  });

  test.each(['', ',,,', 'x'.repeat(500)])('"%.10s" is refused with a reason', async (text) => {
    await openFolder();
    expect(await client.problem('POST', '/api/categories', { text })).toMatchObject({
      status: 422,
      code: 'vocabulary/invalid',
    });
  });
});

describe('labelling', () => {
  test('a batch offers exact halves as proposals and reports its progress', async () => {
    await openFolder();
    const stream = await client.events();
    expect(await prelabelAll()).toMatchObject({ state: 'done', done: 2, total: 2, failures: [] });
    await stream.next((event) => event.type === 'job' && event.job.state === 'done');
    stream.close();
    const [first] = await images();
    expect(first).toMatchObject({
      proposalCount: 2,
      regionCount: 0,
      hasFeatures: true,
      widthPx: 320,
      heightPx: 240,
    });
    const { regions } = await client.ok(annotationsSchema, 'GET', `/api/images/${first?.id}/annotations`);
    const boxes = regions.map(({ record }) => ({
      box: record.box,
      areaPx: record.areaPx,
      prompt: record.origin?.prompt,
    }));
    expect(boxes).toEqual([
      { box: [0, 0, 160, 240], areaPx: 160 * 240, prompt: 'red' },
      { box: [160, 0, 160, 240], areaPx: 160 * 240, prompt: 'green' },
    ]);
  });

  test('asking again with other words never runs the image encoder', async () => {
    await openFolder();
    await prelabelAll();
    const [first] = await images();
    await client.ok(categoriesResponseSchema, 'POST', '/api/categories', { text: 'yellow' });
    const again = await client.ok(relabelResponseSchema, 'POST', `/api/images/${first?.id}/relabel`, {});
    expect(again.encoded).toBe(false);
    await prelabelAll();
    expect(bench.clip.counts).toMatchObject({ encodeImage: 2, encodeNames: 2 });
  });

  test('relabel encodes an image that has no features, and obeys unsaved thresholds', async () => {
    // Between red and green, nearer to red: a likelihood well below 1.
    writeHalves(join(bench.folder, 'Orange.bmp'), [255, 240, 0], BLUE);
    await openFolder();
    const first = (await images()).find((image) => image.path === 'Orange.bmp');
    const path = `/api/images/${first?.id}/relabel`;
    expect(await client.ok(relabelResponseSchema, 'POST', path, {})).toMatchObject({ encoded: true });
    const { categories } = await client.ok(categoriesResponseSchema, 'GET', '/api/categories');
    const red = categories.find(({ name }) => name === 'red');
    const strict = await client.ok(relabelResponseSchema, 'POST', path, {
      thresholds: { [red?.id ?? 0]: 1 },
    });
    expect(strict.regions.every(({ record }) => record.categoryId !== red?.id)).toBe(true);
    expect(strict.regions.length).toBeGreaterThan(0);
  });

  test('many slider moves at once run the segmentation for the first and the last only', async () => {
    await openFolder();
    const [first] = await images();
    const path = `/api/images/${first?.id}/relabel`;
    await client.ok(relabelResponseSchema, 'POST', path, {});
    const answers = await Promise.all(
      Array.from({ length: 20 }, () => client.ok(relabelResponseSchema, 'POST', path, {})),
    );
    expect(Math.max(...answers.map(({ revision }) => revision))).toBeLessThanOrEqual(3);
  });

  test('damaged images are listed with the reason and stop nothing', async () => {
    writeFileSync(join(bench.folder, 'broken.png'), 'this is no picture');
    writeFileSync(join(bench.folder, 'empty.jpg'), '');
    await openFolder();
    const job = await prelabelAll();
    expect(job).toMatchObject({ state: 'done', done: 4 });
    expect(job.failures.map(({ path }) => path).sort()).toEqual(['broken.png', 'empty.jpg']);
    expect(job.failures.every(({ message }) => message.length > 10)).toBe(true);
    expect((await images()).map(({ path, proposalCount }) => [path, proposalCount])).toEqual([
      ['a.bmp', 2],
      ['b.bmp', 2],
      ['broken.png', 0],
      ['empty.jpg', 0],
    ]);
  });

  test('a batch pauses, goes on, is cancelled, and resumes after a restart', async () => {
    await openFolder();
    for (let i = 0; i < 4; i++) writeHalves(join(bench.folder, `c${i}.bmp`), RED, BLUE, 64, 48);
    await bench.application.project().rescan();
    const gate = Promise.withResolvers<undefined>();
    bench.clip.beforeEncode = () => (bench.clip.counts.encodeImage >= 3 ? gate.promise : undefined);
    const job = await client.ok(jobSchema, 'POST', '/api/jobs/prelabel', {});
    const again = await client.ok(jobSchema, 'POST', '/api/jobs/prelabel', {});
    expect(again.id).toBe(job.id);
    const stream = await client.events();
    await stream.next((event) => event.type === 'image' && event.image.path === 'b.bmp');
    stream.close();
    expect((await client.ok(jobSchema, 'POST', `/api/jobs/${job.id}/pause`, {})).state).toBe('paused');
    gate.resolve(undefined);
    await bench.restart();
    const resumed = bench.application.jobs.get(job.id);
    expect(resumed).toMatchObject({ state: 'paused', total: 6 });
    await client.openSession();
    await client.ok(jobSchema, 'POST', `/api/jobs/${job.id}/resume`, {});
    expect(await bench.application.jobs.finished(job.id)).toMatchObject({
      state: 'done',
      done: 6,
      failures: [],
    });
    expect((await images()).every(({ proposalCount }) => proposalCount === 2)).toBe(true);
  });

  test('without classes a batch is refused', async () => {
    await openFolder('');
    expect((await client.problem('POST', '/api/jobs/prelabel', {})).code).toBe('vocabulary/invalid');
  });

  test('a changed file is encoded anew', async () => {
    await openFolder();
    await prelabelAll();
    writeHalves(join(bench.folder, 'a.bmp'), BLUE, BLUE, 322, 240);
    await bench.application.project().rescan();
    await prelabelAll();
    expect(bench.clip.counts.encodeImage).toBe(3);
    const [first] = await images();
    expect(first).toMatchObject({ proposalCount: 1, widthPx: 322 });
  });
});

describe('edits', () => {
  test('an accepted proposal is a region, survives a re-run and a restart; sent twice it counts once', async () => {
    await openFolder();
    await prelabelAll();
    const [first] = await images();
    const { regions } = await client.ok(annotationsSchema, 'GET', `/api/images/${first?.id}/annotations`);
    const [red] = regions;
    if (red === undefined) throw new Error('no proposal');
    const edit: EditRequest = {
      editId: 'edit-1',
      label: 'Accept',
      changes: [
        { kind: 'put', record: { ...red.record, status: 'region' }, allTiles: true, tiles: red.tiles },
      ],
    };
    const path = `/api/images/${first?.id}/edits`;
    const saved = await client.ok(editResponseSchema, 'POST', path, edit);
    expect(saved.image).toMatchObject({ state: 'in-progress', regionCount: 1 });
    expect(await client.ok(editResponseSchema, 'POST', path, edit)).toMatchObject({
      revision: saved.revision,
    });
    await prelabelAll();
    await bench.restart();
    const after = await client.ok(annotationsSchema, 'GET', `/api/images/${first?.id}/annotations`);
    expect(after.regions.map(({ record }) => [record.status, record.origin?.prompt])).toEqual([
      ['region', 'red'],
      ['proposal', 'green'],
    ]);
    expect(after.regions.find(({ record }) => record.status === 'region')?.tiles).toEqual(red.tiles);
  });

  test('an edit that does not fit changes nothing', async () => {
    await openFolder();
    await prelabelAll();
    const [first] = await images();
    const path = `/api/images/${first?.id}/annotations`;
    const before = await client.ok(annotationsSchema, 'GET', path);
    const [red] = before.regions;
    const record = { ...red?.record, status: 'region', categoryId: 999 };
    const edit = {
      editId: 'e',
      label: '',
      changes: [{ kind: 'put', record, allTiles: true, tiles: red?.tiles }],
    };
    expect((await client.problem('POST', `/api/images/${first?.id}/edits`, edit)).code).toBe(
      'request/invalid',
    );
    expect(await client.ok(annotationsSchema, 'GET', path)).toEqual(before);
  });
});

describe('images', () => {
  test('states, order of work, search and pictures', async () => {
    await openFolder();
    const [a, b] = await images();
    await client.ok(imageRecordSchema, 'PATCH', `/api/images/${a?.id}`, { state: 'done-empty' });
    const next = await client.ok(
      nextImageSchema,
      'GET',
      '/api/images/next?direction=forward&filter=unreviewed',
    );
    expect(next).toEqual({ imageId: b?.id, index: 1 });
    const found = await client.ok(imageListSchema, 'GET', '/api/images?search=A.B&state=done-empty');
    expect(found).toMatchObject({ total: 1, images: [{ path: 'a.bmp' }] });
    const open = await client.ok(imageListSchema, 'GET', '/api/images?state=unreviewed');
    expect(open.images.map(({ path }) => path)).toEqual(['b.bmp']);
    for (const kind of ['thumbnail', 'display']) {
      const picture = await client.raw('GET', `/api/images/${a?.id}/${kind}`);
      expect(picture.headers.get('content-type')).toMatch(/^image\/(webp|png|jpeg)$/);
      expect((await picture.arrayBuffer()).byteLength).toBeGreaterThan(50);
    }
  });

  test('only an image whose file is gone can be dropped', async () => {
    await openFolder();
    const [a] = await images();
    expect((await client.problem('DELETE', `/api/images/${a?.id}`)).code).toBe('request/invalid');
    renameSync(join(bench.folder, 'a.bmp'), join(bench.root, 'elsewhere.bmp'));
    await bench.application.project().rescan();
    expect((await client.problem('GET', `/api/images/${a?.id}/display`)).code).toBe('image/missing');
    await client.ok(z.null(), 'DELETE', `/api/images/${a?.id}`);
    expect((await images()).map(({ path }) => path)).toEqual(['b.bmp']);
  });
});

describe('app, folders and models', () => {
  test('say what there is', async () => {
    expect(await client.ok(appInfoSchema, 'GET', '/api/app')).toMatchObject({
      host: 'test',
      canOpenFolders: true,
    });
    mkdirSync(join(bench.folder, 'sub'));
    writeHalves(join(bench.folder, 'sub', 'x.bmp'), RED, RED, 8, 8);
    const listing = await client.ok(
      folderListSchema,
      'GET',
      `/api/folders?path=${encodeURIComponent(bench.folder)}`,
    );
    expect(listing).toMatchObject({ parent: bench.root, folders: [{ name: 'sub', imageCount: 1 }] });
    const catalog = await client.ok(catalogSchema, 'GET', '/api/models/catalog');
    expect(catalog.models.length).toBeGreaterThan(9);
    await openFolder();
    const models = await client.ok(modelsSchema, 'GET', '/api/models');
    expect(models.active).toMatchObject({ name: 'color-clip', isDemo: true });
  });

  test('a model is imported, used by the project, and removed', async () => {
    await openFolder();
    const folder = join(bench.root, 'other');
    mkdirSync(folder);
    await client.ok(z.unknown(), 'POST', '/api/models/import', { folder });
    const registry = JSON.parse(readFileSync(join(bench.root, 'home', 'models.json'), 'utf8')) as unknown;
    expect(registry).toMatchObject({ models: [{ folder }] });
    expect((await client.problem('POST', '/api/models/none/activate')).code).toBe('model/not-found');
  });

  test('a server for one folder leaves all other places alone', async () => {
    await bench.dispose();
    bench = await createTestBench({ canOpenFolders: false });
    await bench.application.openProject({ folder: bench.folder, storageFolder: null });
    await client.openSession();
    for (const [method, path, body] of [
      ['GET', '/api/folders?path=/'],
      ['POST', '/api/project/open', { folder: bench.root }],
      ['POST', '/api/project/open', { folder: bench.folder, storageFolder: bench.root }],
      ['POST', '/api/models/import', { folder: '/' }],
      ['PATCH', '/api/project/settings', { modelFolder: '/' }],
      ['POST', '/api/imports/coco', { path: '/etc/passwd', apply: false, onConflict: 'add' }],
    ] as const) {
      expect(await client.problem(method, path, body)).toMatchObject({
        status: 403,
        code: 'request/forbidden',
      });
    }
    for (const name of ['..%2Fproject.db', '%2e%2e%2fproject.db', 'nothing.json', '..'])
      expect((await client.raw('GET', `/api/exports/${name}`)).status).toBe(404);
  });

  test('nothing but .clearlabel is written into the image folder', async () => {
    await openFolder();
    await prelabelAll();
    expect(readdirSync(bench.folder).sort()).toEqual(['.clearlabel', 'a.bmp', 'b.bmp']);
    expect(existsSync(join(bench.folder, '.clearlabel', 'features'))).toBe(true);
  });
});
