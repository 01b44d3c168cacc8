// `npm run check`: types, lint, format, layers, dead code. Needs no Electron, GPU or network.

import { bin, runNode, runSteps, type StepResult } from './run-step.ts';

const TSC = bin('typescript/bin/tsc');

export function checkSteps(): (() => Promise<StepResult>)[] {
  const quiet = { isQuiet: true };
  return [
    () => runNode('lint (eslint)', ['--max-old-space-size=4096', bin('eslint/bin/eslint.js'), '.'], quiet),
    () => runNode('types: shared', [TSC, '-p', 'tsconfig.shared.json'], quiet),
    () => runNode('types: main, scripts, bench, e2e', [TSC, '-p', 'tsconfig.main.json'], quiet),
    () => runNode('types: tests', [TSC, '-p', 'tsconfig.tests.json'], quiet),
    () =>
      runNode(
        'types: renderer',
        [bin('svelte-check/bin/svelte-check'), '--tsconfig', 'tsconfig.json', '--fail-on-warnings'],
        quiet,
      ),
    () => runNode('format (prettier)', [bin('prettier/bin/prettier.cjs'), '--check', '.'], quiet),
    () =>
      runNode(
        'layers (dependency-cruiser)',
        [
          bin('dependency-cruiser/bin/dependency-cruiser.mjs'),
          '--config',
          '.dependency-cruiser.mjs',
          'src-shared',
          'src-main',
          'src-renderer',
        ],
        quiet,
      ),
    () => runNode('dead code (knip)', [bin('knip/bin/knip.js'), '--no-progress'], quiet),
  ];
}

if (import.meta.main) {
  const results = await runSteps(checkSteps(), 2);
  if (results.some((result) => !result.isOk)) process.exitCode = 1;
}
