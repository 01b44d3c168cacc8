import { describe, expect, it } from 'vitest';
import type { ProviderName } from '#main/workers/messages.ts';
import { chooseProvider, type ProviderSetup, type TrialEncoder } from './provider-choice.ts';

/** Answers like an encoder with the given features; a run keeps the thread busy for `busyMs`. */
class FakeEncoder implements TrialEncoder {
  isDisposed = false;
  readonly provider: ProviderName;
  readonly #features: number[];
  readonly #busyMs: number;

  constructor(provider: ProviderName, features: number[], busyMs: number) {
    this.provider = provider;
    this.#features = features;
    this.#busyMs = busyMs;
  }

  runTrial(): Promise<Float32Array> {
    const endMs = performance.now() + this.#busyMs;
    while (performance.now() < endMs);
    return Promise.resolve(Float32Array.from(this.#features));
  }

  dispose(): Promise<void> {
    this.isDisposed = true;
    return Promise.resolve();
  }
}

interface FakeGpu {
  features?: number[];
  busyMs?: number;
  slowdown?: number;
  isBundled?: boolean;
  probeError?: string;
  createError?: string;
}

function fakeSetup(gpu: FakeGpu): ProviderSetup<FakeEncoder> & { created: FakeEncoder[] } {
  const created: FakeEncoder[] = [];
  return {
    created,
    isBundled: () => gpu.isBundled ?? true,
    probeSlowdown: () =>
      gpu.probeError === undefined
        ? Promise.resolve(gpu.slowdown ?? 0.1)
        : Promise.reject(new Error(gpu.probeError)),
    create: (provider) => {
      if (provider === 'webgpu' && gpu.createError !== undefined) {
        return Promise.reject(new Error(gpu.createError));
      }
      const isGpu = provider === 'webgpu';
      const features = isGpu ? (gpu.features ?? [0.6, 0.8]) : [0.6, 0.8];
      const encoder = new FakeEncoder(provider, features, isGpu ? (gpu.busyMs ?? 0) : 8);
      created.push(encoder);
      return Promise.resolve(encoder);
    },
  };
}

async function expectCpu(wanted: ProviderName | 'auto', gpu: FakeGpu, reason: RegExp): Promise<void> {
  const setup = fakeSetup(gpu);
  const choice = await chooseProvider(wanted, setup);
  expect(choice.provider).toBe('cpu');
  expect(choice.reason).toMatch(reason);
  expect(choice.encoder.isDisposed).toBe(false);
  expect(setup.created.filter(({ isDisposed }) => !isDisposed)).toEqual([choice.encoder]);
}

describe('provider choice', () => {
  it('takes a GPU that gives the same answer faster', async () => {
    const setup = fakeSetup({ features: [0.6, 0.80001] });
    const choice = await chooseProvider('auto', setup);
    expect(choice).toMatchObject({ provider: 'webgpu', reason: 'WebGPU: gave the same answer as the CPU' });
    expect(setup.created.map(({ provider, isDisposed }) => [provider, isDisposed])).toEqual([
      ['cpu', true],
      ['webgpu', false],
    ]);
  });

  it('stays on the CPU when asked to', () => expectCpu('cpu', {}, /^CPU: chosen/));

  it('says that there is no adapter', () =>
    expectCpu(
      'auto',
      { probeError: 'Failed to get a WebGPU adapter: No supported adapters' },
      /^WebGPU: no adapter found; using the CPU$/,
    ));

  it('says that the build lacks it', () =>
    expectCpu('webgpu', { isBundled: false }, /not part of this build/));

  it('refuses another answer, also when it is asked for by name', async () => {
    await expectCpu('auto', { features: [0.6, 0.802] }, /differed/);
    await expectCpu('webgpu', { features: [0.6, NaN] }, /differed/);
    await expectCpu('webgpu', { features: [0.6] }, /differed/);
  });

  it('refuses a slower one only on its own choice', async () => {
    await expectCpu('auto', { busyMs: 30 }, /slower/);
    await expectCpu('auto', { slowdown: 400 }, /slower/);
    expect((await chooseProvider('webgpu', fakeSetup({ busyMs: 30, slowdown: 400 }))).provider).toBe(
      'webgpu',
    );
  });

  it('passes on why it could not start', () =>
    expectCpu(
      'auto',
      { createError: 'out of device memory\nstack' },
      /it failed on this model \(out of device memory\)/,
    ));

  it('lets an error of the CPU through: the model itself is at fault', async () => {
    const setup = fakeSetup({});
    const broken = { ...setup, create: () => Promise.reject(new Error('damaged weights')) };
    await expect(chooseProvider('auto', broken)).rejects.toThrow('damaged weights');
  });
});
