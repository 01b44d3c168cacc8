// Finds a Chromium-family browser for the end-to-end suite and the benchmarks, installing one only where asked to.
// Order: an explicit path, Playwright's own, a system Chromium, Chrome or Edge, `playwright install`, Debian's package.

import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { chromium } from 'playwright';

export interface FoundBrowser {
  executablePath: string;
  source: string;
}

/** Switches under which a headless Chromium draws WebGL 2 in software and opens no connection of its own. */
export const BROWSER_FLAGS: readonly string[] = [
  ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []),
  '--use-angle=swiftshader',
  '--enable-unsafe-swiftshader',
  '--ignore-gpu-blocklist',
  '--no-first-run',
  '--disable-quic',
  '--disable-sync',
  '--disable-background-networking',
  '--disable-component-update',
];

/** The first browser that is already on this machine, or null. Never installs anything. */
export function findBrowser(): FoundBrowser | null {
  const explicit = process.env['CLEARLABEL_BROWSER'];
  if (explicit !== undefined && existsSync(explicit))
    return { executablePath: explicit, source: 'CLEARLABEL_BROWSER' };
  const own = playwrightPath();
  if (own !== null) return { executablePath: own, source: "Playwright's own Chromium" };
  const system = systemCandidates().find((path) => existsSync(path));
  return system === undefined ? null : { executablePath: system, source: 'a browser of this system' };
}

/** Like `findBrowser`, then tries `playwright install` and, as root on Debian, the chromium package. */
export function findOrInstallBrowser(log: (line: string) => void): FoundBrowser | null {
  const found = findBrowser();
  if (found !== null) return found;
  log('No Chromium found: trying "playwright install chromium" …');
  spawnSync(process.execPath, [join('node_modules', 'playwright', 'cli.js'), 'install', 'chromium'], {
    stdio: 'ignore',
    timeout: 300_000,
  });
  const afterPlaywright = findBrowser();
  if (afterPlaywright !== null) return afterPlaywright;
  if (process.platform === 'linux' && process.getuid?.() === 0 && existsSync('/usr/bin/apt-get')) {
    log('Trying the Debian package "chromium" …');
    spawnSync('apt-get', ['update', '-qq'], { stdio: 'ignore', timeout: 300_000 });
    spawnSync('apt-get', ['install', '-y', '-qq', 'chromium'], {
      stdio: 'ignore',
      timeout: 600_000,
      env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
    });
  }
  return findBrowser();
}

export const NO_BROWSER_MESSAGE =
  'No browser found for the end-to-end tests. Install Chromium, Chrome or Edge, run "npx playwright install chromium", ' +
  'or set CLEARLABEL_BROWSER to the path of a browser.';

function playwrightPath(): string | null {
  const path = chromium.executablePath();
  return path !== '' && existsSync(path) ? path : null;
}

function systemCandidates(): string[] {
  if (process.platform === 'win32') return windowsCandidates();
  if (process.platform === 'darwin') {
    return [
      '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
      '/Applications/Chromium.app/Contents/MacOS/Chromium',
      '/Applications/Microsoft Edge.app/Contents/MacOS/Microsoft Edge',
    ];
  }
  return ['chromium', 'chromium-browser', 'google-chrome-stable', 'google-chrome', 'microsoft-edge']
    .map(which)
    .filter((path) => path !== null);
}

function windowsCandidates(): string[] {
  const roots = [process.env['PROGRAMFILES'], process.env['PROGRAMFILES(X86)'], process.env['LOCALAPPDATA']];
  return roots
    .filter((root) => root !== undefined)
    .flatMap((root) => [
      join(root, 'Google', 'Chrome', 'Application', 'chrome.exe'),
      join(root, 'Microsoft', 'Edge', 'Application', 'msedge.exe'),
    ]);
}

function which(name: string): string | null {
  try {
    return (
      execFileSync('which', [name], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim() || null
    );
  } catch {
    return null;
  }
}
