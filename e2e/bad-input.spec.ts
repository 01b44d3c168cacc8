// Damaged files and senseless names: each is named with its reason, nothing stops, nothing is lost.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { projectRoot } from './app-host.ts';
import { TEST_IDS } from '../src-renderer/test-ids.ts';
import { expect, test } from './test.ts';

const sample = (name: string): Uint8Array => readFileSync(join(projectRoot, 'assets/samples', name));

test.use({
  imageNames: ['bay.jpg'],
  extraFiles: {
    'cut off.jpg': sample('meadow.jpg').subarray(0, 300),
    'empty #1.png': '',
    'not an image.jpg': 'plain text',
    'zebra.jpg': sample('crossing.jpg'),
  },
});

test('damaged images are listed with the reason and do not stop the batch', async ({ workspace }) => {
  const { page } = workspace;
  await workspace.typeClasses('sky, sea');
  const good = page.locator(`[data-testid=${TEST_IDS.filmstripItem}][data-path="zebra.jpg"]`);
  await expect(good).toHaveAccessibleName(/[1-9]\d* proposals/);

  await page.getByRole('button', { name: '3 damaged' }).click();
  const rows = page.getByTestId(TEST_IDS.problemRow);
  await expect(rows).toHaveCount(3);
  for (const name of ['cut off.jpg', 'empty #1.png', 'not an image.jpg'])
    await expect(rows.filter({ hasText: name })).toHaveText(/\w{3,}.*\./);
  await rows.filter({ hasText: 'empty #1.png' }).click();
  await expect(page.getByTestId(TEST_IDS.imageProblem)).toContainText('empty');

  await page.keyboard.press('d');
  await expect(page.getByTestId(TEST_IDS.imageName)).toHaveText('not an image.jpg');
  await page.keyboard.press('d');
  await expect(page.getByTestId(TEST_IDS.imageName)).toHaveText('zebra.jpg');
  await expect(page.getByTestId(TEST_IDS.imageProblem)).toHaveCount(0);
});

test('senseless class names are refused in plain words', async ({ workspace }) => {
  const { page } = workspace;
  const box = page.getByTestId(TEST_IDS.firstNamesBox);
  for (const text of [', , ,', 'x'.repeat(600)]) {
    await box.fill(text);
    await box.press('Enter');
    await expect(page.getByTestId(TEST_IDS.toast).first()).toContainText(/\w{3,}/);
    await page.getByRole('button', { name: 'Close this message' }).first().click();
    await expect(page.getByTestId(TEST_IDS.categoryRow)).toHaveCount(0);
  }
  await workspace.typeClasses('🌊, sea, Sea, sea');
  await expect(page.getByTestId(TEST_IDS.categoryRow)).toHaveCount(2);
});
