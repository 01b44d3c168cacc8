import { mkdtemp, open, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { maskArea, maskBox } from '#shared/mask/tile-mask.ts';
import type { ImportIssue } from './issues.ts';
import { JsonElementSplitter, type JsonElement } from './json-elements.ts';
import type { CocoAnnotation } from './read-annotation.ts';
import { openCoco, type CocoFile } from './read.ts';

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'coco-read-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

interface ReadResult {
  file: CocoFile;
  annotations: CocoAnnotation[];
  issues: ImportIssue[];
}

async function read(content: string | Uint8Array): Promise<ReadResult> {
  const path = join(folder, 'coco.json');
  await writeFile(path, content);
  const file = await openCoco(path);
  const annotations = await collected(file.annotations());
  return { file, annotations, issues: file.issues.kept };
}

const IMAGE = { id: 1, width: 8, height: 6, file_name: 'a/b.jpg' };
const CATEGORY = { id: 2, name: 'cat' };
const SQUARE = [[2, 1, 6, 1, 6, 5, 2, 5]];

async function collected<T>(items: AsyncIterable<T>): Promise<T[]> {
  const list: T[] = [];
  for await (const item of items) list.push(item);
  return list;
}

/** The issues and masks of one annotation that differs from a good one. */
function readOne(fields: Record<string, unknown>): Promise<ReadResult> {
  const annotation = { id: 3812, image_id: 1, category_id: 2, iscrowd: 0, segmentation: SQUARE, ...fields };
  return read(JSON.stringify({ images: [IMAGE], categories: [CATEGORY], annotations: [annotation] }));
}

describe('reading COCO JSON', () => {
  it('takes any order of keys, a byte-order mark and unknown keys', async () => {
    const text = JSON.stringify({
      annotations: [
        {
          segmentation: SQUARE,
          category_id: 2,
          image_id: 1,
          id: 5,
          score: 0.5,
          source: 'model',
          note: { a: 1 },
        },
      ],
      extra: [{ images: [1] }, '"annotations": ['],
      categories: [{ ...CATEGORY, supercategory: 'animal', color: [1, 2, 3] }],
      images: [{ ...IMAGE, coco_url: 'http://x' }],
      info: { version: '1' },
    });
    const { file, annotations, issues } = await read(`\uFEFF${text}`);
    expect(issues).toEqual([]);
    expect(file.info).toEqual({ version: '1' });
    expect(file.images.get(1)).toMatchObject({ fileName: 'a/b.jpg', extra: { coco_url: 'http://x' } });
    expect(file.categories.get(2)).toEqual({ id: 2, name: 'cat', supercategory: 'animal' });
    const [annotation] = annotations;
    expect(annotation).toMatchObject({ id: 5, score: 0.5, extra: { source: 'model', note: { a: 1 } } });
    expect([maskArea(annotation!.mask), maskBox(annotation!.mask)]).toEqual([16, [2, 1, 4, 4]]);
  });

  it.each([
    ['compressed RLE', { size: [6, 8], counts: '=4200000;' }],
    ['list RLE', { size: [6, 8], counts: [13, 4, 2, 4, 2, 4, 2, 4, 13] }],
    ['one polygon', SQUARE],
    [
      'several polygons',
      [
        [2, 1, 4, 1, 4, 5, 2, 5],
        [3, 1, 6, 1, 6, 5, 3, 5],
      ],
    ],
  ])('understands %s', async (_name, segmentation) => {
    for (const iscrowd of [0, 1]) {
      const { annotations, issues } = await readOne({ segmentation, iscrowd });
      expect(issues).toEqual([]);
      expect(annotations[0]!.isCrowd).toBe(iscrowd === 1);
      expect([maskArea(annotations[0]!.mask), maskBox(annotations[0]!.mask)]).toEqual([16, [2, 1, 4, 4]]);
    }
  });

  it.each([
    [
      { segmentation: { size: [6, 8], counts: [13, 4] } },
      'RLE is wrong, its runs add up to 17 of 48 pixels: skipped',
    ],
    [{ segmentation: { size: [6, 8], counts: [50, -2] } }, 'RLE is wrong, run 2 is negative (-2): skipped'],
    [
      { segmentation: { size: [6, 8], counts: [1.5, 46.5] } },
      'RLE is wrong, run 1 is not a whole number: skipped',
    ],
    [
      { segmentation: { size: [8, 6], counts: '`1' } },
      'RLE has size [8,6], the image is [6,8] (height, width): skipped',
    ],
    [
      { segmentation: { size: [6, 8], counts: 'a b' } },
      'RLE cannot be read, character 2 of its text is not allowed: skipped',
    ],
    [
      { segmentation: { size: [6, 8], counts: null } },
      'RLE has counts that are neither text nor a list of numbers (null): skipped',
    ],
    [
      { segmentation: { size: [6, 8], counts: [48, '0'] } },
      'RLE has counts that are neither text nor a list of numbers ([48,"0"]): skipped',
    ],
    [{ segmentation: { size: [6, 8], counts: [48] } }, 'has no pixels inside its image: skipped'],
    [{ segmentation: [] }, 'has an empty segmentation: skipped'],
    [{ segmentation: [[]] }, 'polygon 1 of 1 has 0 coordinates, fewer than 6: left out'],
    [{ segmentation: [[1, 2, 3, 4]] }, 'polygon 1 of 1 has 4 coordinates, fewer than 6: left out'],
    [
      { segmentation: [[1, 2, 3, 4, 5, 6, 7]] },
      'polygon 1 of 1 has an odd number of coordinates (7): left out',
    ],
    [{ segmentation: [[1, 2, 3, 4, 5, null]] }, 'polygon 1 of 1 holds null: left out'],
    [
      { segmentation: [[1, 2, 3, 4, 5, 1e300]] },
      'polygon 1 of 1 holds a coordinate out of range (1e+300): left out',
    ],
    [{ segmentation: [[100, 100, 110, 100, 110, 110]] }, 'has no pixels inside its image: skipped'],
    [{ segmentation: undefined }, 'has no segmentation: skipped'],
    [{ segmentation: 'x' }, 'has a segmentation that is neither RLE nor polygons ("x"): skipped'],
    [{ image_id: 9 }, 'belongs to image 9, which the file does not list: skipped'],
    [{ image_id: '__proto__' }, 'belongs to image "__proto__", which the file does not list: skipped'],
    [{ category_id: 0 }, 'belongs to category 0, which the file does not list: skipped'],
    [{ category_id: undefined }, 'belongs to category nothing, which the file does not list: skipped'],
  ])('skips %j', async (fields, message) => {
    const { annotations, issues } = await readOne(fields);
    expect(annotations).toEqual([]);
    expect(issues).toContainEqual({ place: 'annotation 3812', message });
  });

  it.each([
    [{ image_id: '1' }, 'annotation 3812', 'image_id is text ("1"): read as a number'],
    [{ id: '77' }, 'annotations[0]', 'id is text ("77"): read as a number'],
    [{ id: -4 }, 'annotations[0]', 'has no usable id (-4): read without one'],
    [{ id: 1.5 }, 'annotations[0]', 'has no usable id (1.5): read without one'],
    [{ iscrowd: 'no' }, 'annotation 3812', 'iscrowd is "no", not 0 or 1: read as 0'],
    [{ segmentation: SQUARE[0] }, 'annotation 3812', 'polygon is not inside a list of polygons: read as one'],
    [
      { segmentation: [[1, 1, 2], ...SQUARE] },
      'annotation 3812',
      'polygon 1 of 2 has an odd number of coordinates (3): left out',
    ],
  ])('repairs %j and says so', async (fields, place, message) => {
    const { annotations, issues } = await readOne(fields);
    expect(annotations.map(({ mask }) => maskArea(mask))).toEqual([16]);
    expect(issues).toEqual([{ place, message }]);
  });

  it('cuts polygons at the border of the image', async () => {
    const { annotations, issues } = await readOne({ segmentation: [[-10, -10, 3, -10, 3, 30, -10, 30]] });
    expect(issues).toEqual([]);
    expect(maskBox(annotations[0]!.mask)).toEqual([0, 0, 3, 6]);
  });

  it('keeps the first of two images with one id, and both annotations', async () => {
    const document = {
      images: [
        IMAGE,
        { ...IMAGE, file_name: 'other.jpg' },
        { ...IMAGE, id: 4, width: 0 },
        { id: 5 },
        7,
        { ...IMAGE, id: 6, file_name: '' },
      ],
      categories: [CATEGORY, CATEGORY, { id: 3 }, null, { id: 'x', name: 'y' }],
      annotations: [1, 1].map((id) => ({ id, image_id: 1, category_id: 2, segmentation: SQUARE })),
    };
    const { file, annotations, issues } = await read(JSON.stringify(document));
    expect(file.images.get(1)!.fileName).toBe('a/b.jpg');
    expect([file.images.size, file.categories.size, annotations.length]).toEqual([1, 1, 2]);
    expect(issues.map(({ place, message }) => `${place} ${message}`)).toEqual([
      'image 1 occurs twice: the first one is kept',
      'image 4 has no usable size (0 × 6): skipped',
      'image 5 has no usable size (nothing × nothing): skipped',
      'images[4] is not an object (7): skipped',
      'image 6 has no file name (""): skipped',
      'category 2 occurs twice: the first one is kept',
      'category 3 has no name (nothing): skipped',
      'categories[3] is not an object (null): skipped',
      'categories[4] has no usable id ("x"): skipped',
      'annotation 1 occurs twice: both are read',
    ]);
  });

  it('reads NaN and Infinity as missing', async () => {
    const annotation = JSON.stringify({
      id: 1,
      image_id: 1,
      category_id: 2,
      segmentation: SQUARE,
      note: 'NaN',
    });
    const text = `{"images":[${JSON.stringify(IMAGE)}],"categories":[${JSON.stringify(CATEGORY)}],
      "annotations":[${annotation.slice(0, -1)},"score":NaN,"area":-Infinity}]}`;
    const { annotations, issues } = await read(text);
    expect(annotations[0]).toMatchObject({ score: null, statedArea: null, extra: { note: 'NaN' } });
    expect(issues).toEqual([
      { place: 'annotations[0]', message: 'holds NaN or Infinity, which are not JSON: read as missing' },
    ]);
  });

  it('does not make masks for images that are not wanted', async () => {
    const path = join(folder, 'coco.json');
    const huge = { id: 2, width: 40_000, height: 40_000, file_name: 'bomb.jpg' };
    const annotations = [1, 2].map((id) => ({
      id,
      image_id: id,
      category_id: 2,
      segmentation: id === 1 ? SQUARE : { size: [40_000, 40_000], counts: [0, 1_600_000_000] },
    }));
    await writeFile(path, JSON.stringify({ images: [IMAGE, huge], categories: [CATEGORY], annotations }));
    const file = await openCoco(path);
    const read = await collected(file.annotations({ acceptsImage: (image) => image.id === 1 }));
    expect(read.map((annotation) => annotation.id)).toEqual([1]);
  });
});

describe('files that are damaged or hostile', () => {
  it.each([
    ['', 'there is nothing in it'],
    ['   ', 'there is nothing in it'],
    ['[1,2]', 'at byte 0'],
    ['"images"', 'at byte 0'],
    ['{}', 'no list of images'],
    ['{"annotations":[]}', 'no list of images'],
    ['{"images"', 'ends in the middle of "images"'],
    ['{images:[]}', 'at byte 1'],
    ['\xff\xfe{', 'at byte 0'],
  ])('refuses %j', async (text, reason) => {
    await expect(read(text)).rejects.toMatchObject({
      code: 'import/invalid',
      message: expect.stringContaining(reason) as string,
    });
  });

  it('keeps what comes before the damage', async () => {
    const annotation = JSON.stringify({ id: 1, image_id: 1, category_id: 2, segmentation: SQUARE });
    const start = `{"images":[${JSON.stringify(IMAGE)}],"categories":[${JSON.stringify(CATEGORY)}],"annotations":[`;
    for (const rest of [`${annotation},`, `${annotation},{"id":2,"ima`, annotation, `${annotation}]`]) {
      const { annotations, issues } = await read(start + rest);
      expect(annotations.length).toBe(1);
      expect(issues.at(-1)!.message).toContain('it ends in the middle of "annotations"');
    }
    const { annotations, issues } = await read(`${start}${annotation} ${annotation}]}`);
    expect(annotations.length).toBe(1);
    expect(issues.at(-1)!.message).toMatch(/at byte \d+ something else stands where a comma belongs/);
    const broken = await read(`${start}{"id":1,},${annotation}]}`);
    expect(broken.issues).toEqual([{ place: 'annotations[0]', message: 'is not valid JSON: skipped' }]);
    expect(broken.annotations.length).toBe(1);
  });

  it('survives depth, huge numbers and prototype keys', async () => {
    const good = JSON.stringify({ id: 1, image_id: 1, category_id: 2, segmentation: SQUARE });
    const deep = '['.repeat(200_000) + ']'.repeat(200_000);
    const hostile = `{"id":2,"image_id":1,"category_id":2,"segmentation":${JSON.stringify(SQUARE)},"__proto__":{"x":1},"constructor":1}`;
    const text = `{"__proto__":[{"id":1}],"x":${deep},"images":[${JSON.stringify(IMAGE)},${deep}],
      "categories":[${JSON.stringify(CATEGORY)}],"annotations":[${deep},${good},${hostile},{"id":1e999,"image_id":1e308}]}`;
    const { file, annotations, issues } = await read(text);
    expect(file.images.size).toBe(1);
    expect(annotations.map((annotation) => annotation.id)).toEqual([1, 2]);
    expect(({} as Record<string, unknown>)['x']).toBeUndefined();
    expect(issues.map((issue) => issue.place)).toEqual([
      'images[1]',
      'annotations[0]',
      'annotations[3]',
      'annotations[3]',
    ]);
    expect(issues[0]!.message).toContain('nested more than 100 levels');
  });

  it('stops when it is told to', async () => {
    const path = join(folder, 'coco.json');
    await writeFile(path, '{"images":[]}');
    const signal = AbortSignal.abort();
    await expect(openCoco(path, { signal })).rejects.toMatchObject({ code: 'job/cancelled' });
  });

  it('counts every problem but keeps the first thousand', async () => {
    const annotations = Array.from({ length: 1500 }, (_, id) => ({ id, image_id: 3, category_id: 2 }));
    const { file } = await read(JSON.stringify({ images: [], categories: [], annotations }));
    expect([file.issues.count, file.issues.kept.length]).toEqual([1500, 1000]);
  });

  it('never holds a long file', async () => {
    const path = join(folder, 'coco.json');
    const handle = await open(path, 'w');
    await handle.write(
      `{"images":[${JSON.stringify(IMAGE)}],"categories":[${JSON.stringify(CATEGORY)}],"annotations":[`,
    );
    const filler = `{"id":1,"image_id":1,"category_id":2,"segmentation":${JSON.stringify(SQUARE)},"note":"${'x'.repeat(100_000)}"}`;
    const block = Array.from({ length: 100 }, () => filler).join(',');
    for (let i = 0; i < 6; i++) await handle.write(i === 0 ? block : `,${block}`);
    await handle.write(']}');
    await handle.close();
    const file = await openCoco(path);
    let count = 0;
    for await (const annotation of file.annotations()) count += maskArea(annotation.mask) === 16 ? 1 : 0;
    expect(count).toBe(600);
  });
});

describe('cutting JSON into elements', () => {
  const all = (bytes: Uint8Array, sizes: number[]): { elements: JsonElement[]; problem: string | null } => {
    const splitter = new JsonElementSplitter(() => true);
    const elements: JsonElement[] = [];
    let at = 0;
    for (let i = 0; at < bytes.length; i++) {
      const size = 1 + (sizes[i % Math.max(1, sizes.length)] ?? 6);
      elements.push(...splitter.push(bytes.subarray(at, at + size)));
      at += size;
    }
    splitter.end();
    return { elements, problem: splitter.problem };
  };

  it('gives the elements that JSON.parse sees, however the bytes are cut', () => {
    const key = fc.string().filter((text) => JSON.stringify(text) === `"${text}"` && text !== '__proto__');
    fc.assert(
      fc.property(
        fc.dictionary(key, fc.jsonValue({ maxDepth: 4 })),
        fc.array(fc.nat(12)),
        fc.nat(3),
        (value, sizes, indent) => {
          const document = JSON.parse(JSON.stringify(value)) as Record<string, unknown>;
          const { elements, problem } = all(Buffer.from(JSON.stringify(document, null, indent)), sizes);
          expect(problem).toBeNull();
          const expected = Object.entries(document).flatMap(
            ([name, item]): { key: string; index: number | null; value: unknown }[] =>
              Array.isArray(item)
                ? item.map((element: unknown, index) => ({ key: name, index, value: element }))
                : [{ key: name, index: null, value: item }],
          );
          const found = elements.map(({ key: name, index, text }) => ({
            key: name,
            index,
            value: JSON.parse(text!) as unknown,
          }));
          expect(found).toEqual(expected);
        },
      ),
    );
  });

  it('never throws and never accepts what ends early', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.nat(), fc.array(fc.nat(5)), (value, cut, sizes) => {
        const bytes = Buffer.from(JSON.stringify({ a: [value], b: value }));
        const { problem } = all(bytes.subarray(0, cut % bytes.length), sizes);
        expect(problem).not.toBeNull();
      }),
    );
    fc.assert(fc.property(fc.uint8Array(), fc.array(fc.nat(5)), (bytes, sizes) => void all(bytes, sizes)));
  });
});
