// SIGKILL of the server while a stroke is being drawn: everything finished before it is there afterwards.

import { expect, test } from './test.ts';
import { WorkspacePage } from './workspace-page.ts';

test.use({ imageNames: ['bay.jpg'] });

test('killed in mid-stroke: only the unfinished stroke is missing', async ({ workspace, host }) => {
  await prepare(workspace);
  await workspace.stroke([
    [0.2, 0.4],
    [0.3, 0.4],
  ]);
  await workspace.saved();
  await expect(workspace.regions('region')).toHaveCount(1);
  const row = await workspace.regionRows.innerText();
  await workspace.parkPointer();
  const painted = await workspace.pixel([0.25, 0.4]);
  const untouched = await workspace.pixel([0.25, 0.6]);

  await workspace.stroke(
    [
      [0.2, 0.6],
      [0.3, 0.6],
    ],
    false,
  );
  await host.kill();
  const again = await new WorkspacePage(await host.restart()).ready();
  await again.parkPointer();
  await expect(again.regions('region')).toHaveCount(1);
  expect(await again.regionRows.innerText()).toBe(row);
  await again.expectPixelNear([0.25, 0.4], painted);
  await again.expectPixelNear([0.25, 0.6], untouched);
});

test('a stroke that ends while the server is dead is kept and stored later', async ({ workspace, host }) => {
  await prepare(workspace);
  await workspace.stroke(
    [
      [0.2, 0.4],
      [0.3, 0.4],
    ],
    false,
  );
  await host.kill();
  await workspace.page.mouse.up();
  await expect(workspace.saveState).toHaveAttribute('data-state', 'failed');
  await workspace.parkPointer();
  const painted = await workspace.pixel([0.25, 0.4]);

  await host.restartServer();
  await workspace.saved();
  await workspace.page.reload();
  const again = await new WorkspacePage(workspace.page).ready();
  await again.parkPointer();
  await expect(again.regions('region')).toHaveCount(1);
  await again.expectPixelNear([0.25, 0.4], painted);
});

/** One class, no proposals, the brush in the hand. */
async function prepare(workspace: WorkspacePage): Promise<void> {
  await workspace.typeClasses('fish');
  await expect(workspace.regions('proposal')).not.toHaveCount(0);
  await workspace.page.getByRole('button', { name: 'Reject all' }).click();
  await expect(workspace.regionRows).toHaveCount(0);
  await workspace.saved();
  await workspace.chooseTool('Brush');
}
