// The whole job without a pointer.

import type { Locator } from '@playwright/test';
import { TEST_IDS } from '../src-renderer/test-ids.ts';
import { expect, test } from './test.ts';

test.use({ imageNames: ['bay.jpg', 'meadow.jpg'] });

test('names, review, drawing and export by keyboard alone', async ({ workspace }) => {
  const { page } = workspace;
  // A project without classes has the focus in the box already.
  await expect(page.getByTestId(TEST_IDS.firstNamesBox)).toBeFocused();
  await page.keyboard.type('sky, sea');
  await page.keyboard.press('Enter');
  await expect(workspace.regions('proposal')).toHaveCount(2);

  // Letters are text while a field has the focus.
  await page.locator('body').press('/');
  await expect(page.getByTestId(TEST_IDS.vocabularyBox)).toBeFocused();
  await page.keyboard.type('bed');
  await expect(page.getByTestId(TEST_IDS.vocabularyBox)).toHaveValue('bed');
  await expect(page.getByTestId(TEST_IDS.imageName)).toHaveText('bay.jpg');
  await page.keyboard.press('Control+a');
  await page.keyboard.press('Delete');
  await page.keyboard.press('Escape');

  await page.keyboard.press('n');
  await page.keyboard.press('Enter');
  await expect(workspace.regions('region')).toHaveCount(1);
  await page.keyboard.press('n');
  await page.keyboard.press('Backspace');
  await expect(workspace.regions('proposal')).toHaveCount(0);
  await page.keyboard.press('Control+z');
  await expect(workspace.regions('proposal')).toHaveCount(1);

  // The keyboard cursor draws: Space is the button.
  await page.keyboard.press('Escape');
  await page.keyboard.press('b');
  await page.keyboard.press('2');
  await page.keyboard.press('ArrowRight');
  await page.keyboard.down('Space');
  for (let step = 0; step < 6; step++) await page.keyboard.press('ArrowRight');
  await page.keyboard.up('Space');
  await expect(workspace.regions('region')).toHaveCount(2);
  await workspace.saved();

  await page.keyboard.press('Control+Enter');
  await expect(page.getByTestId(TEST_IDS.imageName)).toHaveText('meadow.jpg');
  await page.keyboard.press('a');
  await expect(page.getByTestId(TEST_IDS.imageName)).toHaveText('bay.jpg');
  await expect(page.getByTestId(TEST_IDS.reviewState)).toContainText('Done');

  await page.keyboard.press('F1');
  await expect(page.getByRole('dialog', { name: 'Keys' })).toContainText('Mark as done and go on');
  await page.keyboard.press('Escape');
  await expect(page.getByRole('dialog')).toHaveCount(0);

  await page.keyboard.press('Control+Shift+e');
  const start = page.getByRole('button', { name: 'Export 1 image' });
  await expect(start).toBeVisible();
  for (let presses = 0; presses < 40 && !(await isFocused(start)); presses++)
    await page.keyboard.press('Tab');
  await page.keyboard.press('Enter');
  await expect(page.getByTestId(TEST_IDS.exportResult)).toContainText('2 of 2 exact');
});

function isFocused(locator: Locator): Promise<boolean> {
  return locator.evaluate((element) => element === document.activeElement);
}
