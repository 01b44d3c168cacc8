// `npm run dist`: builds the installers of the platform it runs on. Needs Electron's binary and the installer
// tools that electron-builder fetches; `npm run dist:check` verifies what can be verified without them.

import { buildAll } from './build.ts';
import { bin, runNode } from './run-step.ts';

await buildAll();
const step = await runNode('installers (electron-builder)', [
  bin('electron-builder/cli.js'),
  '--config',
  'electron-builder.yml',
  '--publish',
  'never',
  ...process.argv.slice(2),
]);
if (!step.isOk) process.exitCode = 1;
