// Two windows on one project: the second may look, and take over when asked to.

import { TEST_IDS } from '../src-renderer/test-ids.ts';
import { expect, test } from './test.ts';
import { WorkspacePage } from './workspace-page.ts';

test.use({ imageNames: ['bay.jpg'] });

test('the second window is told so and can take over', async ({ workspace, host }, testInfo) => {
  test.skip(testInfo.project.metadata['host'] === 'electron', 'Electron shows a project in one window.');
  await workspace.typeClasses('fish');
  await expect(workspace.regions('proposal')).not.toHaveCount(0);

  const second = await new WorkspacePage(await host.openSecondWindow()).ready();
  const notice = second.page.getByTestId(TEST_IDS.sessionNotice);
  await expect(notice).toBeVisible();
  await expect(second.page.getByRole('button', { name: 'Brush', exact: true })).toBeDisabled();
  await expect(workspace.page.getByTestId(TEST_IDS.sessionNotice)).toHaveCount(0);

  await notice.getByRole('button', { name: 'Take over' }).click();
  await expect(notice).toHaveCount(0);
  await expect(workspace.page.getByTestId(TEST_IDS.sessionNotice)).toBeVisible();
  await second.chooseTool('Brush');
  await second.stroke([
    [0.2, 0.4],
    [0.3, 0.4],
  ]);
  await expect(second.regions('region')).toHaveCount(1);
  await second.saved();

  // A reload keeps the project in the window that had it.
  await second.page.reload();
  await new WorkspacePage(second.page).ready();
  await expect(second.page.getByTestId(TEST_IDS.sessionNotice)).toHaveCount(0);
  await expect(workspace.page.getByTestId(TEST_IDS.sessionNotice)).toBeVisible();

  // The window that is left gets the project by itself.
  await second.page.close();
  await expect(workspace.page.getByTestId(TEST_IDS.sessionNotice)).toHaveCount(0);
  await expect(workspace.regions('region')).toHaveCount(1);
  await workspace.chooseTool('Brush');
});
