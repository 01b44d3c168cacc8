import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { describeWithShared, portableDir, sharedFixture } from '#root/scripts/testing/fixtures.ts';
import { readPng } from '#root/scripts/testing/png.ts';
import { modelInputSize, resizeLikeOpenCv } from './opencv-resize.ts';

interface CaseSettings {
  resize_short: number;
  resize_long_limit: number;
}

async function expectCaseIsExact(folder: string): Promise<void> {
  const settings = JSON.parse(readFileSync(join(folder, 'settings.json'), 'utf8')) as CaseSettings;
  const photo = await readPng(join(folder, 'photo.png'), 3);
  const expected = await readPng(join(folder, 'resized.png'), 3);
  const size = modelInputSize(photo.widthPx, photo.heightPx, {
    shortSidePx: settings.resize_short,
    longSideMaxPx: settings.resize_long_limit,
  });
  expect(size).toEqual({ widthPx: expected.widthPx, heightPx: expected.heightPx });
  const resized = resizeLikeOpenCv(photo, size);
  expect(Buffer.compare(resized.data, expected.data)).toBe(0);
}

describe('OpenCV resize, portable golden values', () => {
  it.each(['photo', 'panorama'])('%s is equal in every byte', async (name) => {
    await expectCaseIsExact(join(portableDir, 'protocol', name));
  });
});

describeWithShared('OpenCV resize, shared golden values', () => {
  it.each(['photo', 'panorama', 'cityscapes_style', 'whole_image'])(
    '%s is equal in every byte',
    async (name) => {
      await expectCaseIsExact(sharedFixture('protocol', name)!);
    },
  );

  it('equals every picture of resize/', async () => {
    const folder = sharedFixture('protocol', 'resize')!;
    const cases = JSON.parse(readFileSync(join(folder, 'settings.json'), 'utf8')) as {
      source: string;
      file: string;
      size_height_width: [number, number];
    }[];
    for (const entry of cases) {
      const [heightPx, widthPx] = entry.size_height_width;
      const source = await readPng(join(folder, entry.source), 3);
      const expected = await readPng(join(folder, entry.file), 3);
      const resized = resizeLikeOpenCv(source, { widthPx, heightPx });
      expect(Buffer.compare(resized.data, expected.data), entry.file).toBe(0);
    }
  });
});
