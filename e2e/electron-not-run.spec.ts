// Stands for the whole suite in Electron where its binary is missing.

import { test } from '@playwright/test';

test('the suite in Electron', () => {
  test.skip(true, 'not run: Electron’s binary is not on this machine (npx install-electron fetches it)');
});
