// The whole way with nothing replaced: worker processes, the engine with a small checkpoint of random weights, store
// and export. The masks mean nothing here; that they arrive exactly does.

import { cpSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import {
  annotationsSchema,
  categoriesResponseSchema,
  editResponseSchema,
  exportReportSchema,
  imageListSchema,
  importReportSchema,
  jobSchema,
  modelsSchema,
  projectSchema,
  relabelResponseSchema,
} from '#shared/contract/wire.ts';
import { TestClient } from '../../scripts/testing/api-client.ts';
import { portableDir } from '../../scripts/testing/fixtures.ts';
import { createApplication, type Application } from '../services/application.ts';
import { createApi, type Api } from './api.ts';

let root: string;
let application: Application;
let client: TestClient;

beforeAll(async () => {
  root = mkdtempSync(join(tmpdir(), 'clearlabel-real-'));
  cpSync(join(portableDir, 'images'), join(root, 'photos'), { recursive: true });
  writeFileSync(join(root, 'photos', 'broken.jpg'), 'no picture');
  application = await createApplication({
    host: 'test',
    canOpenFolders: true,
    dataFolder: join(root, 'home'),
    demoModelFolder: join(portableDir, 'checkpoint'),
  });
  const api: Api = createApi(application);
  client = new TestClient(() => api);
});

afterAll(async () => {
  await application.close();
  rmSync(root, { recursive: true, force: true });
});

test('open, name classes, pre-label, re-label, edit, export, import', async () => {
  const folder = join(root, 'photos');
  await client.openSession();
  await client.ok(projectSchema, 'POST', '/api/project/open', { folder });
  await client.ok(categoriesResponseSchema, 'POST', '/api/categories', {
    text: 'stove, wall, parked bicycle=bicycle',
  });

  const job = await client.ok(jobSchema, 'POST', '/api/jobs/prelabel', {});
  const finished = await application.jobs.finished(job.id);
  expect(finished).toMatchObject({ state: 'done', done: 4, failures: [{ path: 'broken.jpg' }] });
  expect(finished.imagesPerSecond).toBeGreaterThan(0);
  const models = await client.ok(modelsSchema, 'GET', '/api/models');
  expect(models.provider?.reason.length).toBeGreaterThan(3);

  const { images } = await client.ok(imageListSchema, 'GET', '/api/images');
  const image = images.find(({ proposalCount }) => proposalCount > 0);
  if (image === undefined) throw new Error('no proposals at all');
  const path = `/api/images/${image.id}`;
  await client.ok(categoriesResponseSchema, 'POST', '/api/categories', { text: 't-shirt' });
  expect(await client.ok(relabelResponseSchema, 'POST', `${path}/relabel`, {})).toMatchObject({
    encoded: false,
  });

  const { regions } = await client.ok(annotationsSchema, 'GET', `${path}/annotations`);
  const changes = regions.map(({ record, tiles }) => ({
    kind: 'put',
    record: { ...record, status: 'region' },
    allTiles: true,
    tiles,
  }));
  const edit = { editId: 'accept', label: 'Accept all', changes };
  const saved = await client.ok(editResponseSchema, 'POST', `${path}/edits`, edit);
  expect(saved.image).toMatchObject({ regionCount: regions.length, proposalCount: 0 });

  const report = await client.ok(exportReportSchema, 'POST', '/api/exports/coco', {
    segmentation: 'rle',
    include: 'all',
    includeProposals: false,
    orientation: 'upright',
    firstCategoryId: 1,
    target: join(root, 'coco.json'),
  });
  expect(report).toMatchObject({ images: 3, annotations: regions.length, exact: regions.length });
  const options = { path: report.path, apply: true, onConflict: 'add' };
  const imported = await client.ok(importReportSchema, 'POST', '/api/imports/coco', options);
  expect(imported).toMatchObject({ imported: regions.length, issueCount: 0, newCategories: [] });
  const doubled = await client.ok(annotationsSchema, 'GET', `${path}/annotations`);
  expect(doubled.regions.filter(({ record }) => record.source === 'imported')).toHaveLength(regions.length);
  expect(readdirSync(folder).sort()).toEqual([
    '.clearlabel',
    'broken.jpg',
    'large.png',
    'native.png',
    'rect.png',
  ]);
});

test('an encoder process that is killed in mid-batch is started again and the batch ends well', async () => {
  const { store } = application.project();
  for (const image of store.images.list({ offset: 0, limit: 9 }).images) {
    store.images.setState(image.id, 'todo');
  }
  // Another method has no features yet, so every image goes through the encoder.
  application.changeSettings({ method: 'maskclip' });
  const restarts: string[] = [];
  const stop = application.workers.hosts.imageTower.onStateChange((state) => restarts.push(state));
  const job = await client.ok(jobSchema, 'POST', '/api/jobs/prelabel', {});
  setImmediate(() => application.workers.hosts.imageTower.restart());
  const finished = await application.jobs.finished(job.id);
  stop();
  expect(restarts).toContain('starting');
  expect(finished).toMatchObject({ state: 'done', done: 4, failures: [{ path: 'broken.jpg' }] });
});
