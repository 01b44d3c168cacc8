// A stroke shows at once, is stored before the next, comes back after a reload, and undo takes it away on the screen
// and on the disk.

import { expect, test } from './test.ts';
import { WorkspacePage } from './workspace-page.ts';

test.use({ imageNames: ['bay.jpg'] });

test('paint, undo, redo, reload', async ({ workspace, host }) => {
  const { page } = workspace;
  await workspace.typeClasses('fish');
  await workspace.parkPointer();
  await expect(workspace.regions('proposal')).not.toHaveCount(0);
  // The batch offers proposals for this image too; what is rejected before it ends may be offered once more.
  await expect(page.getByText('Pre-labelling is done')).toBeVisible();
  await page.getByRole('button', { name: 'Reject all' }).click();
  await expect(workspace.regionRows).toHaveCount(0);
  await workspace.parkPointer();
  const before = await workspace.pixel([0.3, 0.5]);

  await workspace.chooseTool('Brush');
  await workspace.stroke([
    [0.25, 0.5],
    [0.35, 0.5],
  ]);
  await workspace.parkPointer();
  await workspace.expectPixelFar([0.3, 0.5], before);
  await expect(workspace.regions('region')).toHaveCount(1);
  await workspace.saved();
  const painted = await workspace.pixel([0.3, 0.5]);

  await page.keyboard.press('Control+z');
  await workspace.expectPixelNear([0.3, 0.5], before);
  await expect(workspace.regionRows).toHaveCount(0);
  await page.keyboard.press('Control+Shift+z');
  await workspace.expectPixelNear([0.3, 0.5], painted);
  await workspace.saved();

  const area = await workspace.regionRows.innerText();
  await page.reload();
  const again = await new WorkspacePage(host.page).ready();
  await again.parkPointer();
  await expect(again.regions('region')).toHaveCount(1);
  expect(await again.regionRows.innerText()).toBe(area);
  await again.expectPixelNear([0.3, 0.5], painted);
  await expect(page.getByRole('button', { name: 'Brush', exact: true })).toHaveAttribute(
    'aria-pressed',
    'true',
  );
});

test('the view comes back after a reload', async ({ workspace, host }) => {
  const { page } = workspace;
  await workspace.typeClasses('sea');
  const center = await workspace.screenPoint([0.5, 0.5]);
  const viewWritten = page.waitForResponse(
    (response) => response.url().endsWith('/api/project/view') && response.ok(),
  );
  await page.mouse.move(center.x, center.y);
  for (let notch = 0; notch < 5; notch++) await page.mouse.wheel(0, -120);
  const zoomButton = page.getByRole('button', { name: /^Zoom/ });
  const fitted = await zoomButton.innerText();
  await viewWritten;
  await expect(zoomButton).not.toHaveText('');
  await page.keyboard.press('Control+s');
  const zoomed = await zoomButton.innerText();
  await page.reload();
  await new WorkspacePage(host.page).ready();
  await expect(zoomButton).toHaveText(zoomed);
  expect(fitted).not.toBe('');
});
