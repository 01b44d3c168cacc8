// What only shows in a process of its own: the runtime's telemetry, and the WebGPU path on a software driver.

import { execFile } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, describe, expect, it } from 'vitest';
import { portableDir } from '#root/scripts/testing/fixtures.ts';
import type { TrialReport } from './testing/run-trial.ts';

const CHROMIUM_FOLDER = '/usr/lib/chromium';
const VULKAN_DRIVER = join(CHROMIUM_FOLDER, 'vk_swiftshader_icd.json');
const SOFTWARE_DRIVER_TIMEOUT_MS = 180_000;

const home = mkdtempSync(join(tmpdir(), 'clearlabel-home-'));
afterAll(() => rmSync(home, { recursive: true, force: true }));

async function runTrial(tower: string, provider: string, env: Record<string, string>): Promise<TrialReport> {
  const script = join(import.meta.dirname, 'testing', 'run-trial.ts');
  const { ORT_DISABLE_TELEMETRY: _, ...inherited } = process.env;
  const { stdout } = await promisify(execFile)(
    process.execPath,
    [script, join(portableDir, 'checkpoint'), tower, provider],
    { env: { ...inherited, HOME: home, XDG_CACHE_HOME: '', ...env } },
  );
  return JSON.parse(stdout) as TrialReport;
}

describe('inference in a process of its own', () => {
  it('leaves no telemetry file in the home folder', async () => {
    const report = await runTrial('image', 'auto', {});
    expect(report.features.length).toBeGreaterThan(0);
    expect(readdirSync(home, { recursive: true })).toEqual([]);
  });
});

const hasSoftwareDriver = existsSync(VULKAN_DRIVER);
const suffix = hasSoftwareDriver ? '' : ` (not run: no ${VULKAN_DRIVER}; Debian's package chromium has it)`;

describe.skipIf(!hasSoftwareDriver)(`WebGPU on Chromium's software driver${suffix}`, () => {
  const env = { VK_ICD_FILENAMES: VULKAN_DRIVER, LD_LIBRARY_PATH: CHROMIUM_FOLDER };

  it.each(['image', 'text'])(
    '%s tower gives the answer of the CPU',
    async (tower) => {
      const cpu = await runTrial(tower, 'cpu', {});
      const gpu = await runTrial(tower, 'webgpu', env);
      expect(gpu).toMatchObject({ provider: 'webgpu', reason: 'WebGPU: gave the same answer as the CPU' });
      const differences = gpu.features.map((value, index) => Math.abs(value - cpu.features[index]!));
      expect(Math.max(...differences)).toBeLessThanOrEqual(1e-5);
    },
    SOFTWARE_DRIVER_TIMEOUT_MS,
  );

  it('is not chosen automatically, being slower', async () => {
    expect((await runTrial('text', 'auto', env)).reason).toBe(
      'WebGPU: slower than the CPU here; using the CPU',
    );
  });
});
