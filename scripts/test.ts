// `npm test`: checks, unit, property, golden and API tests, then the end-to-end suite in a real browser.
// The closing line counts all of them; each check counts as one test.

import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { checkSteps } from './check.ts';
import { findOrInstallBrowser } from './find-browser.ts';
import { bin, projectRoot, runNode, runSteps } from './run-step.ts';
import { runEndToEnd, type SuiteCount } from './test-e2e.ts';

const started = performance.now();
// Before anything else: the software graphics driver that comes with a browser also serves a unit test.
findOrInstallBrowser((line) => console.log(line));

const total: SuiteCount = { passed: 0, failed: 0, skipped: 0 };

function add(count: SuiteCount): void {
  total.passed += count.passed;
  total.failed += count.failed;
  total.skipped += count.skipped;
}

const checks = await runSteps(checkSteps(), 2);
add({
  passed: checks.filter((check) => check.isOk).length,
  failed: checks.filter((check) => !check.isOk).length,
  skipped: 0,
});

add(await runUnitTests());

const endToEnd = await runEndToEnd();
add(endToEnd ?? { passed: 0, failed: 1, skipped: 0 });

console.log(`\nAll tests took ${((performance.now() - started) / 60_000).toFixed(1)} minutes`);
console.log(`${total.passed} passed, ${total.failed} failed, ${total.skipped} skipped`);
if (total.failed > 0) process.exitCode = 1;

async function runUnitTests(): Promise<SuiteCount> {
  const folder = join(projectRoot, 'test-results');
  const report = join(folder, 'unit.json');
  mkdirSync(folder, { recursive: true });
  rmSync(report, { force: true });
  const step = await runNode('unit, property, golden and API tests (vitest)', [
    bin('vitest/vitest.mjs'),
    'run',
    '--reporter=default',
    '--reporter=json',
    `--outputFile.json=${report}`,
  ]);
  if (!existsSync(report)) return { passed: 0, failed: 1, skipped: 0 };
  const result = JSON.parse(readFileSync(report, 'utf8')) as {
    numPassedTests: number;
    numFailedTests: number;
    numPendingTests: number;
    numTodoTests: number;
  };
  const failed = step.isOk ? result.numFailedTests : Math.max(1, result.numFailedTests);
  return { passed: result.numPassedTests, failed, skipped: result.numPendingTests + result.numTodoTests };
}
