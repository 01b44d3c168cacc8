import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { WorkerDefinition } from './spawn.ts';
import { WorkerHost, type BreakerReport } from './worker-host.ts';

const entry = new URL('./testing/probe-entry.ts', import.meta.url);

let hosts: WorkerHost[] = [];
let folder = '';

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'clearlabel-host-'));
});

afterEach(async () => {
  await Promise.all(hosts.map((host) => host.stop()));
  hosts = [];
  rmSync(folder, { recursive: true, force: true });
});

function createHost(definition: Partial<WorkerDefinition> = {}): WorkerHost {
  const host = new WorkerHost({ name: 'probe', kind: 'process', entry, ...definition });
  hosts.push(host);
  return host;
}

async function until(isTrue: () => boolean): Promise<void> {
  while (!isTrue()) await new Promise((resolve) => setTimeout(resolve, 5));
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

describe.each(['process', 'thread'] as const)('a worker %s', (kind) => {
  it('starts at the first call and passes typed arrays unchanged', async () => {
    const host = createHost({ kind });
    expect(host.state).toBe('idle');
    const payload = {
      values: Float32Array.of(1.5, -2),
      bytes: new Uint8Array(3_000_000).fill(7),
      nested: [{ a: null }],
    };
    expect(await host.call('echo', payload)).toEqual(payload);
    expect(host.state).toBe('running');
  });

  it('reports progress in order', async () => {
    const seen: number[] = [];
    await createHost({ kind }).call('count', 4, { onProgress: (fraction) => seen.push(fraction) });
    expect(seen).toEqual([0.25, 0.5, 0.75, 1]);
  });

  it('passes on the code, sentence and details of an error', async () => {
    await expect(createHost({ kind }).call('refuse', null)).rejects.toMatchObject({
      code: 'image/truncated',
      message: 'The file ends early.',
      details: { at: 7 },
    });
  });

  it('names an unknown method', async () => {
    await expect(createHost({ kind }).call('toString', null)).rejects.toMatchObject({ code: 'internal' });
  });

  it('cancels a worker that blocks, and goes on with the call that waited', async () => {
    const host = createHost({ kind });
    const abort = new AbortController();
    const marker = join(folder, 'marker');
    const blocked = host.call('block', marker, { signal: abort.signal });
    const waiting = host.call('echo', 'next');
    await until(() => existsSync(marker));
    abort.abort();
    await expect(blocked).rejects.toMatchObject({ code: 'job/cancelled' });
    expect(await waiting).toBe('next');
  });
});

describe('a worker process', () => {
  it('runs with the telemetry of the runtime switched off', async () => {
    const host = createHost({ env: { ORT_DISABLE_TELEMETRY: '0', OTHER: 'x' } });
    expect(await host.call('environment', 'ORT_DISABLE_TELEMETRY')).toBe('1');
    expect(await host.call('environment', 'OTHER')).toBe('x');
  });

  it('rejects what was under way when it crashed, and is back for the next call', async () => {
    const host = createHost({ concurrency: 2 });
    const marker = join(folder, 'marker');
    const hanging = host.call('hang', marker);
    hanging.catch(() => {});
    await until(() => existsSync(marker));
    await expect(host.call('crash', 'out of luck')).rejects.toMatchObject({
      code: 'process/exited',
      details: { reason: expect.stringContaining('SIGKILL') as unknown, stderrTail: 'out of luck' },
    });
    await expect(hanging).rejects.toMatchObject({ code: 'process/exited' });
    expect(await host.call('echo', 1)).toBe(1);
  });

  it('repeats other calls when one of several is cancelled by killing', async () => {
    const host = createHost({ concurrency: 2 });
    const abort = new AbortController();
    const marker = join(folder, 'marker');
    const hanging = host.call('hang', marker, { signal: abort.signal });
    await until(() => existsSync(marker));
    const innocent = host.call('echo', 'kept');
    abort.abort();
    await expect(hanging).rejects.toMatchObject({ code: 'job/cancelled' });
    expect(await innocent).toBe('kept');
  });

  it('only forgets a cancelled call when told so', async () => {
    const host = createHost({ concurrency: 2, onCancel: 'forget' });
    const before = await host.call('pid', null);
    const abort = new AbortController();
    const marker = join(folder, 'marker');
    const hanging = host.call('hang', marker, { signal: abort.signal });
    await until(() => existsSync(marker));
    abort.abort();
    await expect(hanging).rejects.toMatchObject({ code: 'job/cancelled' });
    expect(await host.call('pid', null)).toBe(before);
  });

  it('never starts a call that was cancelled before', async () => {
    const host = createHost();
    await expect(host.call('echo', 1, { signal: AbortSignal.abort() })).rejects.toMatchObject({
      code: 'job/cancelled',
    });
    expect(host.state).toBe('idle');
  });

  it('treats a call without an answer as a crash', async () => {
    const host = createHost({ callTimeoutMs: 300 });
    await expect(host.call('hang', join(folder, 'marker'))).rejects.toMatchObject({ code: 'process/exited' });
  });

  it('opens again what was open before a crash', async () => {
    const host = createHost();
    await host.call('open', 'model A');
    host.rememberSetup('open', 'model A');
    await expect(host.call('crash', '')).rejects.toMatchObject({ code: 'process/exited' });
    expect(await host.call('opened', null)).toBe('model A');
  });

  it('gives up after three crashes in a row, says so, and starts again after reset', async () => {
    const host = createHost();
    const reports: BreakerReport[] = [];
    host.onBreaker((report) => reports.push(report));
    host.rememberSetup('open', 'model A');
    for (let i = 0; i < 3; i++)
      await expect(host.call('crash', `no ${i}`)).rejects.toMatchObject({ code: 'process/exited' });
    expect(host.state).toBe('broken');
    expect(reports).toMatchObject([{ worker: 'probe', failures: 3, stderrTail: 'no 2' }]);
    await expect(host.call('echo', 1)).rejects.toMatchObject({ code: 'process/failed-repeatedly' });
    host.reset();
    expect(await host.call('echo', 1)).toBe(1);
  });

  it('counts crashes in a row: an answer of the same kind in between starts anew', async () => {
    const host = createHost();
    for (let i = 0; i < 4; i++) {
      await expect(host.call('crash', '')).rejects.toMatchObject({ code: 'process/exited' });
      host.reset();
      await host.call('echo', i);
    }
    expect(host.state).toBe('running');
  });

  it('gives up on a worker that cannot start, with its own words', async () => {
    const host = createHost({ env: { PROBE_EXIT_AT_START: '1' } });
    const calls = [1, 2, 3, 4].map((value) => host.call('echo', value));
    const codes = (await Promise.allSettled(calls)).map((result) =>
      result.status === 'rejected' ? (result.reason as { code: string }).code : 'answered',
    );
    expect(codes).toEqual([
      'process/exited',
      'process/exited',
      'process/exited',
      'process/failed-repeatedly',
    ]);
  });

  it('ends when its parent is killed', async () => {
    const parent = spawn(process.execPath, [
      fileURLToPath(new URL('./testing/parent-entry.ts', import.meta.url)),
    ]);
    const pid = await new Promise<number>((resolve) =>
      parent.stdout.once('data', (chunk: Buffer) => resolve(Number(chunk.toString()))),
    );
    expect(isAlive(pid)).toBe(true);
    parent.kill('SIGKILL');
    await until(() => !isAlive(pid));
  });

  it('stops in good order and refuses afterwards', async () => {
    const host = createHost();
    const pid = await host.call<number>('pid', null);
    await host.stop();
    expect(isAlive(pid)).toBe(false);
    await expect(host.call('echo', 1)).rejects.toMatchObject({ code: 'process/exited' });
  });
});
