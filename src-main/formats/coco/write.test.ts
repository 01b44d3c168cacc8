import { mkdtemp, open, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createMask, fillRun } from '#shared/mask/tile-mask.ts';
import type { CocoSourceImage, SegmentationStyle } from './coco-source.ts';
import { randomSource, SAMPLE_HEAD } from './testing/random-source.ts';
import { explainedWriteError, TextFile } from './text-file.ts';
import { verifyCoco } from './verify.ts';
import { writeCoco } from './write.ts';

let folder = '';
let target = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'coco-write-'));
  target = join(folder, 'coco.json');
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const STYLES: SegmentationStyle[] = ['rle', 'rle-list', 'polygon'];

function square(id: number, isCrowd = false): CocoSourceImage {
  const mask = createMask(8, 6);
  for (let y = 1; y < 5; y++) fillRun(mask, y, 2, 6);
  return {
    id,
    fileName: `b ${id}.jpg`,
    widthPx: 8,
    heightPx: 6,
    reviewState: 'done',
    annotations: [{ id, categoryId: 2, mask, isCrowd, source: 'model-then-human', score: 0.75 }],
  };
}

describe('writing COCO JSON', () => {
  it.each(STYLES)('%s: every mask comes back exactly', async (segmentation) => {
    const images = randomSource(7, 12);
    const result = await writeCoco({ target, head: SAMPLE_HEAD, images, segmentation });
    const count = images.reduce((sum, image) => sum + image.annotations.length, 0);
    expect(result).toMatchObject({ images: 12, annotations: count, warnings: [] });
    expect((await readFile(target)).length).toBe(result.bytes);
    expect(await verifyCoco({ path: target, head: SAMPLE_HEAD, images })).toEqual({
      checked: count,
      exact: count,
      mismatches: [],
    });
  });

  it('writes the keys that loaders need and no others', async () => {
    const empty: CocoSourceImage = { ...square(2), reviewState: 'done-empty', annotations: [] };
    await writeCoco({ target, head: SAMPLE_HEAD, images: [square(1), empty], segmentation: 'rle' });
    const text = await readFile(target, 'utf8');
    const document: unknown = JSON.parse(text);
    expect(document).toEqual({
      info: SAMPLE_HEAD.info,
      licenses: [],
      categories: SAMPLE_HEAD.categories,
      images: [
        { id: 1, width: 8, height: 6, file_name: 'b 1.jpg', review_state: 'done' },
        { id: 2, width: 8, height: 6, file_name: 'b 2.jpg', review_state: 'done-empty' },
      ],
      annotations: [
        {
          id: 1,
          image_id: 1,
          category_id: 2,
          bbox: [2, 1, 4, 4],
          area: 16,
          iscrowd: 0,
          segmentation: { size: [6, 8], counts: '=4200000;' },
          source: 'model-then-human',
          score: 0.75,
        },
      ],
    });
    // Floats for loaders that look at the type.
    expect(text).toContain('"bbox":[2.0,1.0,4.0,4.0],"area":16.0');
  });

  it('gives the same bytes for the same input', async () => {
    const other = join(folder, 'other.json');
    for (const path of [target, other]) {
      await writeCoco({ target: path, head: SAMPLE_HEAD, images: randomSource(3), segmentation: 'rle' });
    }
    expect(await readFile(target)).toEqual(await readFile(other));
  });

  it('makes one annotation of a region with holes and several parts', async () => {
    const image = square(1);
    const { mask } = image.annotations[0]!;
    mask.tiles.clear();
    fillRun(mask, 0, 0, 3);
    fillRun(mask, 1, 0, 1);
    fillRun(mask, 1, 2, 3);
    fillRun(mask, 2, 0, 3);
    fillRun(mask, 5, 7, 8);
    await writeCoco({ target, head: SAMPLE_HEAD, images: [image], segmentation: 'polygon' });
    const document = JSON.parse(await readFile(target, 'utf8')) as {
      annotations: { segmentation: number[][] }[];
    };
    expect(document.annotations.map((annotation) => annotation.segmentation.length)).toEqual([2]);
    expect(await verifyCoco({ path: target, head: SAMPLE_HEAD, images: [image] })).toMatchObject({
      exact: 1,
    });
  });

  it('writes crowds as list RLE where polygons were asked for', async () => {
    await writeCoco({ target, head: SAMPLE_HEAD, images: [square(1, true)], segmentation: 'polygon' });
    const text = await readFile(target, 'utf8');
    expect(text).toContain('"iscrowd":1,"segmentation":{"size":[6,8],"counts":[13,');
  });

  it('leaves out regions without pixels and says so', async () => {
    const image = square(4);
    image.annotations[0]!.mask.tiles.clear();
    const result = await writeCoco({ target, head: SAMPLE_HEAD, images: [image], segmentation: 'rle' });
    expect(result.annotations).toBe(0);
    expect(result.warnings).toEqual(['b 4.jpg: region 4 has no pixels and was left out.']);
  });

  it('writes an empty project', async () => {
    await writeCoco({ target, head: { info: {}, categories: [] }, images: [], segmentation: 'rle' });
    expect(JSON.parse(await readFile(target, 'utf8'))).toMatchObject({
      images: [],
      annotations: [],
      categories: [],
    });
  });
});

describe('an export that does not finish', () => {
  it('leaves the previous file and no other when it is cancelled', async () => {
    await writeFile(target, 'before');
    const controller = new AbortController();
    const onImage = (done: number): void => {
      if (done === 2) controller.abort();
    };
    const { signal } = controller;
    const writing = writeCoco({
      target,
      head: SAMPLE_HEAD,
      images: randomSource(1),
      segmentation: 'rle',
      signal,
      onImage,
    });
    await expect(writing).rejects.toMatchObject({ code: 'job/cancelled' });
    expect(await readdir(folder)).toEqual(['coco.json']);
    expect(await readFile(target, 'utf8')).toBe('before');
  });

  it('also when the source fails', async () => {
    const images = (function* () {
      yield square(1);
      throw new Error('database gone');
    })();
    const writing = writeCoco({ target, head: SAMPLE_HEAD, images, segmentation: 'rle' });
    await expect(writing).rejects.toThrow('database gone');
    expect(await readdir(folder)).toEqual([]);
  });

  it('says that a folder is missing', async () => {
    const writing = writeCoco({
      target: join(folder, 'no', 'x.json'),
      head: SAMPLE_HEAD,
      images: [],
      segmentation: 'rle',
    });
    await expect(writing).rejects.toMatchObject({ code: 'export/failed' });
  });

  it.skipIf(process.platform !== 'linux')('says that the disk is full', async () => {
    // /dev/full can be opened and refuses every byte.
    await using file = new TextFile(await open('/dev/full', 'w'));
    const error: unknown = await file.write('x'.repeat(300_000)).catch((reason: unknown) => reason);
    expect(explainedWriteError(error, target)).toMatchObject({ code: 'project/disk-full' });
  });
});

describe('the check after writing', () => {
  async function writtenText(images: CocoSourceImage[]): Promise<string> {
    await writeCoco({ target, head: SAMPLE_HEAD, images, segmentation: 'rle-list' });
    return readFile(target, 'utf8');
  }

  it.each([
    ['a moved mask', '"counts":[13,', '"counts":[12,', 'add up to'],
    [
      'another mask of the same size',
      '"counts":[13,4,2,4',
      '"counts":[12,4,3,4',
      'mask in the file is not the same',
    ],
    ['a wrong area', '"area":16.0', '"area":15.0', 'area of 15'],
    ['a wrong box', '"bbox":[2.0', '"bbox":[1.0', 'box in the file is wrong'],
    ['another category', '"category_id":2', '"category_id":1', 'category 1'],
    ['another id', '{"id":1,"image_id"', '{"id":9,"image_id"', 'missing'],
    ['another size', '"width":8,"height":6', '"width":6,"height":8', 'not 8 × 6'],
    ['another name', 'b 1.jpg', 'b 2.jpg', 'calls the image'],
    ['a changed class', '"name":"sky"', '"name":"sea"', 'categories'],
    ['a crowd mark', '"iscrowd":0', '"iscrowd":1', 'crowd'],
  ])('notices %s', async (_name, from, to, message) => {
    const text = await writtenText([square(1)]);
    expect(text).toContain(from);
    await writeFile(target, text.replace(from, to));
    const result = await verifyCoco({ path: target, head: SAMPLE_HEAD, images: [square(1)] });
    expect(JSON.stringify(result.mismatches)).toContain(message);
  });

  it('notices an annotation too many and goes on after one that is missing', async () => {
    await writtenText([square(1), square(2), square(3)]);
    const more = await verifyCoco({ path: target, head: SAMPLE_HEAD, images: [square(1), square(2)] });
    expect(more).toMatchObject({ checked: 2, exact: 2 });
    expect(more.mismatches.map((mismatch) => mismatch.message)).toContain(
      'The file holds annotations that are not in the project.',
    );
    await writtenText([square(1), { ...square(2), annotations: [] }, square(3)]);
    const fewer = await verifyCoco({
      path: target,
      head: SAMPLE_HEAD,
      images: [square(1), square(2), square(3)],
    });
    expect(fewer).toMatchObject({ checked: 3, exact: 2 });
    expect(fewer.mismatches).toEqual([expect.objectContaining({ annotationId: 2 })]);
  });
});
