// The whole job: names, masks, a repair with the brush, review, export, and what the file holds.

import { readFileSync } from 'node:fs';
import { TEST_IDS } from '../src-renderer/test-ids.ts';
import { expect, test } from './test.ts';

interface CocoFile {
  images: { id: number; file_name: string; width: number; height: number }[];
  categories: { id: number; name: string }[];
  annotations: { id: number; image_id: number; category_id: number; area: number; iscrowd: number }[];
}

test('from the first run to the export', async ({ workspace }) => {
  const { page } = workspace;
  await expect(page.getByTestId(TEST_IDS.demoBanner)).toContainText('Demo model');
  await workspace.typeClasses('sky, sea=sea|water, boat');
  await expect(workspace.regions('proposal')).not.toHaveCount(0);
  // The rest of the folder follows in the background.
  const items = page.getByTestId(TEST_IDS.filmstripItem);
  await expect(items).toHaveCount(3);
  for (const index of [0, 1, 2]) await expect(items.nth(index)).toHaveAccessibleName(/[1-9]\d* proposals/);

  await page.keyboard.press('Control+Shift+a');
  await expect(workspace.regions('proposal')).toHaveCount(0);
  await expect(workspace.regions('region')).not.toHaveCount(0);
  const accepted = await workspace.regions('region').count();

  await page.keyboard.press('Escape');
  await page.keyboard.press('3');
  await page.keyboard.press('b');
  await workspace.stroke([
    [0.1, 0.9],
    [0.2, 0.9],
  ]);
  await expect(workspace.regions('region')).toHaveCount(accepted + 1);
  await workspace.saved();
  await page.keyboard.press('Control+Enter');
  await expect(page.getByTestId(TEST_IDS.imageName)).toHaveText('crossing.jpg');
  await expect(items.first()).toHaveAttribute('data-state', 'done');

  // Nothing accepted here: done-empty, present in the file without annotations.
  await page.keyboard.press('Control+Enter');
  await expect(items.nth(1)).toHaveAttribute('data-state', 'done-empty');

  await page.getByRole('button', { name: 'Export', exact: true }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('button', { name: 'Export 2 images' }).click();
  await expect(dialog.getByTestId(TEST_IDS.exportResult)).toContainText(
    `${accepted + 1} of ${accepted + 1} exact`,
  );

  const download = page.waitForEvent('download');
  await dialog.getByRole('link', { name: 'Download the file' }).click();
  const coco = JSON.parse(readFileSync(await (await download).path(), 'utf8')) as CocoFile;
  expect({
    images: coco.images.map(({ file_name, width, height }) => ({ file_name, width, height })),
    categories: coco.categories.map(({ id, name }) => ({ id, name })),
    annotationCount: coco.annotations.length,
    crowds: coco.annotations.filter((annotation) => annotation.iscrowd !== 0).length,
    onSecondImage: coco.annotations.filter((annotation) => annotation.image_id !== coco.images[0]?.id).length,
  }).toEqual({
    images: [
      { file_name: 'bay.jpg', width: 1600, height: 1200 },
      { file_name: 'crossing.jpg', width: coco.images[1]?.width, height: coco.images[1]?.height },
    ],
    categories: [
      { id: 1, name: 'sky' },
      { id: 2, name: 'sea' },
      { id: 3, name: 'boat' },
    ],
    annotationCount: accepted + 1,
    crowds: 0,
    onSecondImage: 0,
  });
});

test('another folder is opened from the first screen', async ({ workspace, folder }) => {
  const { page } = workspace;
  await page.getByRole('button', { name: /^Project/ }).click();
  await page.getByRole('menuitem', { name: 'Close this project' }).click();
  await expect(page.getByTestId(TEST_IDS.firstRun)).toBeVisible();
  await page.getByTestId(TEST_IDS.folderPath).fill('/no/such/folder');
  await page.getByRole('button', { name: 'Open', exact: true }).click();
  await expect(page.getByTestId(TEST_IDS.firstRun).getByRole('alert')).toContainText('/no/such/folder');
  await page.getByTestId(TEST_IDS.folderPath).fill(folder);
  await page.getByRole('button', { name: 'Open', exact: true }).click();
  await workspace.ready();
});
