// Runs one command of the project's own tools and says how it went; shared by check, test and dist.

import { spawn } from 'node:child_process';
import { join, resolve } from 'node:path';

export const projectRoot = resolve(import.meta.dirname, '..');

export interface StepResult {
  name: string;
  isOk: boolean;
  seconds: number;
}

/** Script of an installed package, e.g. `bin('eslint/bin/eslint.js')`. */
export function bin(pathInNodeModules: string): string {
  return join(projectRoot, 'node_modules', pathInNodeModules);
}

/** Runs `node SCRIPT ARGS`; output goes through when `isQuiet` is false, otherwise only when the step fails. */
export function runNode(
  name: string,
  args: readonly string[],
  options: { isQuiet?: boolean; env?: NodeJS.ProcessEnv } = {},
): Promise<StepResult> {
  const started = performance.now();
  return new Promise((resolveStep) => {
    const child = spawn(process.execPath, args, {
      cwd: projectRoot,
      env: { ...process.env, ...options.env },
      stdio: options.isQuiet === true ? ['ignore', 'pipe', 'pipe'] : ['ignore', 'inherit', 'inherit'],
    });
    const chunks: Buffer[] = [];
    child.stdout?.on('data', (chunk: Buffer) => chunks.push(chunk));
    child.stderr?.on('data', (chunk: Buffer) => chunks.push(chunk));
    child.on('close', (code) => {
      const isOk = code === 0;
      const seconds = (performance.now() - started) / 1000;
      if (!isOk && chunks.length > 0) process.stdout.write(Buffer.concat(chunks));
      console.log(`${isOk ? 'ok  ' : 'FAIL'} ${name} (${seconds.toFixed(1)} s)`);
      resolveStep({ name, isOk, seconds });
    });
  });
}

/** Runs steps with at most `width` at once, keeping the order of the results. */
export async function runSteps(
  steps: readonly (() => Promise<StepResult>)[],
  width: number,
): Promise<StepResult[]> {
  const results: StepResult[] = [];
  let next = 0;
  const worker = async (): Promise<void> => {
    while (next < steps.length) {
      const index = next;
      next += 1;
      const step = steps[index];
      if (step !== undefined) results[index] = await step();
    }
  };
  await Promise.all(Array.from({ length: width }, worker));
  return results;
}
