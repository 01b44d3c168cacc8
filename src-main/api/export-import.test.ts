// Export and import through the API: what goes out comes back, and nobody's work is lost on the way.

import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { z } from 'zod';
import {
  annotationsSchema,
  categoriesResponseSchema,
  editResponseSchema,
  exportReportSchema,
  imageListSchema,
  imageRecordSchema,
  importReportSchema,
  jobSchema,
  projectSchema,
  type ExportRequest,
} from '#shared/contract/wire.ts';
import { TestClient } from '../../scripts/testing/api-client.ts';
import { createTestBench, type TestBench } from '../../scripts/testing/test-application.ts';
import { BLUE, GREEN, RED, writeHalves } from '../../scripts/testing/test-images.ts';

let bench: TestBench;
let client: TestClient;

beforeEach(async () => {
  bench = await createTestBench();
  client = new TestClient(() => bench.api);
  mkdirSync(join(bench.folder, 'sub folder'));
  writeHalves(join(bench.folder, 'a.bmp'), RED, GREEN);
  writeHalves(join(bench.folder, 'sub folder', 'é #1.bmp'), GREEN, BLUE);
  writeFileSync(join(bench.folder, 'broken.png'), 'no picture');
  await client.openSession();
  await client.ok(projectSchema, 'POST', '/api/project/open', { folder: bench.folder });
  await client.ok(categoriesResponseSchema, 'POST', '/api/categories', { text: 'red, green, blue' });
});
afterEach(() => bench.dispose());

const EVERYTHING: ExportRequest = {
  segmentation: 'rle',
  include: 'all',
  includeProposals: true,
  orientation: 'upright',
  firstCategoryId: 1,
  target: null,
};

const cocoSchema = z.object({
  images: z.array(z.object({ id: z.int(), file_name: z.string(), width: z.int(), height: z.int() })),
  categories: z.array(z.object({ id: z.int(), name: z.string() })),
  annotations: z.array(
    z.object({
      id: z.int(),
      image_id: z.int(),
      category_id: z.int(),
      area: z.number(),
      segmentation: z.unknown(),
    }),
  ),
});

const images = async () => (await client.ok(imageListSchema, 'GET', '/api/images')).images;
const exportCoco = (request: Partial<ExportRequest> = {}) =>
  client.ok(exportReportSchema, 'POST', '/api/exports/coco', { ...EVERYTHING, ...request });
const readCoco = (path: string) => cocoSchema.parse(JSON.parse(readFileSync(path, 'utf8')));

async function prelabelAll(): Promise<void> {
  const job = await client.ok(jobSchema, 'POST', '/api/jobs/prelabel', {});
  await bench.application.jobs.finished(job.id);
}

/** Accepts every proposal of an image as the window does. */
async function acceptAll(imageId: number): Promise<void> {
  const { regions } = await client.ok(annotationsSchema, 'GET', `/api/images/${imageId}/annotations`);
  const changes = regions.map(({ record, tiles }) => ({
    kind: 'put',
    record: { ...record, status: 'region' },
    allTiles: true,
    tiles,
  }));
  const edit = { editId: crypto.randomUUID(), label: 'Accept all', changes };
  await client.ok(editResponseSchema, 'POST', `/api/images/${imageId}/edits`, edit);
}

const importFile = (path: string, options: { apply: boolean; onConflict?: string }) =>
  client.ok(importReportSchema, 'POST', '/api/imports/coco', { onConflict: 'keep-mine', ...options, path });

describe('export', () => {
  test.each(['rle', 'rle-list', 'polygon'] as const)(
    '%s is read back exactly and can be downloaded',
    async (style) => {
      await prelabelAll();
      const report = await exportCoco({ segmentation: style });
      expect(report).toMatchObject({
        images: 2,
        annotations: 4,
        categories: 3,
        exact: 4,
        checked: 4,
        mismatches: [],
      });
      expect(report.warnings.join()).toContain('broken.png');
      const answer = await client.raw('GET', report.downloadUrl);
      expect(answer.headers.get('content-disposition')).toContain('attachment');
      expect(await answer.text()).toBe(readFileSync(report.path, 'utf8'));
      const coco = readCoco(report.path);
      expect(coco.images.map((image) => image.file_name)).toEqual(['a.bmp', 'sub folder/é #1.bmp']);
      expect(coco.annotations.map(({ area }) => area)).toEqual(Array(4).fill(160 * 240));
    },
  );

  test('only reviewed images by default; empty ones are there without annotations', async () => {
    await prelabelAll();
    const [a, , second] = await images();
    await acceptAll(a?.id ?? 0);
    await client.ok(imageRecordSchema, 'PATCH', `/api/images/${a?.id}`, { state: 'done' });
    await client.ok(imageRecordSchema, 'PATCH', `/api/images/${second?.id}`, { state: 'done-empty' });
    const report = await exportCoco({ include: 'reviewed', includeProposals: false });
    expect(report).toMatchObject({ images: 2, annotations: 2, exact: 2 });
  });

  test('numbers stay when classes and regions come and go', async () => {
    await prelabelAll();
    const before = readCoco((await exportCoco()).path);
    const { categories } = await client.ok(categoriesResponseSchema, 'GET', '/api/categories');
    const red = categories.find(({ name }) => name === 'red');
    await client.ok(categoriesResponseSchema, 'DELETE', `/api/categories/${red?.id}?reassignTo=drop`);
    const after = readCoco((await exportCoco()).path);
    expect(after.images).toEqual(before.images);
    expect(after.categories).toEqual(before.categories.filter(({ name }) => name !== 'red'));
    expect(after.annotations).toEqual(before.annotations.filter(({ category_id }) => category_id !== 1));
    expect(readCoco((await exportCoco({ firstCategoryId: 0 })).path).categories[0]?.id).toBe(1);
  });

  test('a target outside is written; one in the image folder, through a link too, is refused', async () => {
    await prelabelAll();
    const target = join(bench.root, 'out', 'coco.json');
    expect(await exportCoco({ target })).toMatchObject({ path: target, downloadUrl: '' });
    expect(readdirSync(join(bench.root, 'out'))).toEqual(['coco.json']);
    symlinkSync(bench.folder, join(bench.root, 'link'));
    for (const place of [join(bench.folder, 'x.json'), join(bench.root, 'link', 'y.json'), 'relative.json']) {
      const request = { ...EVERYTHING, target: place };
      expect((await client.problem('POST', '/api/exports/coco', request)).code).toBe('request/invalid');
    }
    expect(existsSync(join(bench.folder, 'x.json'))).toBe(false);
  });
});

describe('import', () => {
  test('our own export comes back pixel for pixel, also as an upload', async () => {
    await prelabelAll();
    const { path } = await exportCoco();
    const [a] = await images();
    const before = await client.ok(annotationsSchema, 'GET', `/api/images/${a?.id}/annotations`);
    await client.ok(z.null(), 'POST', '/api/project/close', {});
    const text = readFileSync(path);
    rmSync(join(bench.folder, '.clearlabel'), { recursive: true });
    await client.ok(projectSchema, 'POST', '/api/project/open', { folder: bench.folder });
    const form = new FormData();
    form.set('options', JSON.stringify({ apply: false, onConflict: 'keep-mine' }));
    form.set('file', new File([text], 'coco.json'));
    const preview = await client.ok(importReportSchema, 'POST', '/api/imports/coco', form);
    expect(preview).toMatchObject({
      images: 2,
      matchedImages: 2,
      annotations: 4,
      imported: 4,
      newCategories: ['red', 'green', 'blue'],
      conflictingImages: 0,
      issueCount: 0,
    });
    expect((await images()).every(({ regionCount }) => regionCount === 0)).toBe(true);
    await importFile(`upload:${preview.uploadId}`, { apply: true });
    const [again] = await images();
    const after = await client.ok(annotationsSchema, 'GET', `/api/images/${again?.id}/annotations`);
    expect(after.regions.map(({ tiles }) => tiles)).toEqual(before.regions.map(({ tiles }) => tiles));
    expect(
      after.regions.every(({ record }) => record.source === 'imported' && record.status === 'region'),
    ).toBe(true);
    expect(
      (
        await client.problem('POST', '/api/imports/coco', {
          path: `upload:${preview.uploadId}`,
          apply: true,
          onConflict: 'add',
        })
      ).code,
    ).toBe('request/not-found');
  });

  test('a human’s regions stay unless the user asks otherwise', async () => {
    await prelabelAll();
    const { path } = await exportCoco();
    const [a] = await images();
    await acceptAll(a?.id ?? 0);
    expect(await importFile(path, { apply: true })).toMatchObject({ conflictingImages: 1, imported: 2 });
    expect((await images()).map(({ regionCount }) => regionCount)).toEqual([2, 0, 2]);
    await importFile(path, { apply: true, onConflict: 'replace-imported' });
    expect((await images()).map(({ regionCount }) => regionCount)).toEqual([4, 0, 2]);
    await importFile(path, { apply: true, onConflict: 'replace-imported' });
    expect((await images()).map(({ regionCount }) => regionCount)).toEqual([4, 0, 2]);
    await importFile(path, { apply: true, onConflict: 'add' });
    expect((await images()).map(({ regionCount }) => regionCount)).toEqual([6, 0, 4]);
  });

  test('images are found by a unique name; other sizes and unknown images are named', async () => {
    const file = join(bench.root, 'foreign.json');
    const rle = { size: [240, 320], counts: [0, 240 * 320] };
    const image = (id: number, file_name: string, width = 320) => ({ id, file_name, width, height: 240 });
    const annotation = (id: number, image_id: number, category_id = 7) => ({
      id,
      image_id,
      category_id,
      segmentation: rle,
      iscrowd: 0,
    });
    writeFileSync(
      file,
      JSON.stringify({
        images: [image(1, 'train\\a.bmp'), image(2, 'é #1.bmp', 999), image(3, 'nowhere.jpg')],
        categories: [
          { id: 7, name: 'Red' },
          { id: 8, name: '' },
        ],
        annotations: [
          annotation(1, 1),
          annotation(2, 2),
          annotation(3, 3),
          annotation(4, 1, 8),
          annotation(5, 77),
        ],
      }),
    );
    const report = await importFile(file, { apply: true });
    expect(report).toMatchObject({ images: 3, matchedImages: 1, imported: 1, newCategories: [] });
    expect(report.issues.map(({ place }) => place)).toEqual(
      expect.arrayContaining(['é #1.bmp', 'nowhere.jpg', 'category 8']),
    );
    expect((await images()).map(({ path, regionCount }) => [path, regionCount])).toEqual([
      ['a.bmp', 1],
      ['broken.png', 0],
      ['sub folder/é #1.bmp', 0],
    ]);
  });

  test('a file that is cut off is read as far as it goes, and says so', async () => {
    await prelabelAll();
    const text = readFileSync((await exportCoco()).path, 'utf8');
    const file = join(bench.root, 'cut.json');
    writeFileSync(file, text.slice(0, text.lastIndexOf('"segmentation"')));
    const report = await importFile(file, { apply: false });
    expect(report).toMatchObject({ imported: 3 });
    expect(report.issueCount).toBeGreaterThan(0);
  });

  test.each(['not json', '[1,2]', '{}'])('%s is refused and changes nothing', async (text) => {
    const file = join(bench.root, 'bad.json');
    writeFileSync(file, text);
    const request = { path: file, apply: true, onConflict: 'add' };
    expect(await client.problem('POST', '/api/imports/coco', request)).toMatchObject({
      status: 422,
      code: 'import/invalid',
    });
  });
});
