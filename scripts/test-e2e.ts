// `npm run test:e2e`: builds what is missing, finds a browser and runs the Playwright suite.

import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { buildAll, isBuildStale } from './build.ts';
import { findOrInstallBrowser, NO_BROWSER_MESSAGE } from './find-browser.ts';
import { bin, projectRoot, runNode } from './run-step.ts';

export interface SuiteCount {
  passed: number;
  failed: number;
  skipped: number;
}

/** Runs the end-to-end suite; `null` where no browser could be found (already reported). */
export async function runEndToEnd(extraArgs: readonly string[] = []): Promise<SuiteCount | null> {
  const browser = findOrInstallBrowser((line) => console.log(line));
  if (browser === null) {
    console.error(NO_BROWSER_MESSAGE);
    return null;
  }
  console.log(`End-to-end tests in ${browser.executablePath} (${browser.source})`);
  if (isBuildStale()) await buildAll();
  const report = join(projectRoot, 'test-results', 'e2e.json');
  const step = await runNode(
    'end-to-end (playwright)',
    [bin('@playwright/test/cli.js'), 'test', '--reporter=list,json', ...extraArgs],
    {
      env: { CLEARLABEL_BROWSER: browser.executablePath, PLAYWRIGHT_JSON_OUTPUT_NAME: report },
    },
  );
  const count = countOf(report);
  return step.isOk || count.failed > 0 ? count : { ...count, failed: 1 };
}

function countOf(report: string): SuiteCount {
  if (!existsSync(report)) return { passed: 0, failed: 0, skipped: 0 };
  const { stats } = JSON.parse(readFileSync(report, 'utf8')) as {
    stats: { expected: number; unexpected: number; flaky: number; skipped: number };
  };
  return { passed: stats.expected + stats.flaky, failed: stats.unexpected, skipped: stats.skipped };
}

if (import.meta.main) {
  const count = await runEndToEnd(process.argv.slice(2));
  if (count !== null)
    console.log(`\n${count.passed} passed, ${count.failed} failed, ${count.skipped} skipped`);
  if (count === null || count.failed > 0) process.exitCode = 1;
}
