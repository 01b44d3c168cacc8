// Sliders and synonyms label the open image anew while they move, without the image encoder.

import { TEST_IDS } from '../src-renderer/test-ids.ts';
import { expect, test } from './test.ts';

test.use({ imageNames: ['bay.jpg'] });

test('the threshold slider labels the open image live', async ({ workspace }) => {
  const { page } = workspace;
  await workspace.typeClasses('sky, sea, cat');
  const cats = page.locator(`[data-testid=${TEST_IDS.regionRow}][data-category=cat]`);
  await expect(cats).not.toHaveCount(0);
  await workspace.parkPointer();
  const rowsBefore = await cats.allInnerTexts();
  const before = await workspace.picture();

  const slider = workspace.categoryRow('cat').getByTestId(TEST_IDS.thresholdSlider);
  const box = await slider.boundingBox();
  if (box === null) throw new Error('no slider');
  const y = box.y + box.height / 2;
  await page.mouse.move(box.x + 6, y);
  await page.mouse.down();
  await page.mouse.move(box.x + box.width - 1, y, { steps: 12 });
  // Still held: the class is not written yet, but the masks follow.
  await expect.poll(() => cats.allInnerTexts()).not.toEqual(rowsBefore);
  const isWritten = page.waitForResponse(
    (response) => response.request().method() === 'PATCH' && response.ok(),
  );
  await page.mouse.up();
  await isWritten;
  await expect(workspace.categoryRow('cat').locator('output')).toHaveText('1.00');
  await workspace.parkPointer();
  await expect
    .poll(async () => workspace.changedFraction(before, await workspace.picture()))
    .toBeGreaterThan(0.001);

  await slider.focus();
  await page.keyboard.press('Home');
  await expect.poll(() => cats.allInnerTexts()).toEqual(rowsBefore);
  await expect.poll(async () => workspace.changedFraction(before, await workspace.picture())).toBe(0);
});

test('a synonym labels the open image anew', async ({ workspace }) => {
  const { page } = workspace;
  await workspace.typeClasses('thing, sky');
  await expect(workspace.regions('proposal')).not.toHaveCount(0);
  const relabelled = page.waitForResponse((response) => response.url().endsWith('/relabel') && response.ok());
  const box = page.getByLabel('Add a synonym of thing');
  await box.fill('sea');
  await box.press('Enter');
  const answer = (await (await relabelled).json()) as { encoded: boolean };
  expect(answer.encoded).toBe(false);
  await expect(page.getByRole('button', { name: 'Remove the synonym sea of thing' })).toBeVisible();
});
