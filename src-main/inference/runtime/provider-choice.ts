// Decides which provider runs a tower, and says why in one sentence. A candidate is used only after it gave the
// CPU's answer on a known input; `auto` also wants it to be faster. Knows nothing of CLIP: a trial is any encoder.

import type { ProviderName } from '#main/workers/messages.ts';

/** Largest difference of unit features that counts as the same answer; half-precision shaders stay well below. */
const MAX_DIFFERENCE = 1e-3;

/** One encoder on one provider, with a known input that it can be run on. */
export interface TrialEncoder {
  /** Unit features of the known input. */
  runTrial(): Promise<Float32Array>;
  dispose(): Promise<void>;
}

export interface ProviderSetup<Encoder extends TrialEncoder> {
  /** Whether this build of the runtime contains the candidate. */
  isBundled(provider: ProviderName): boolean;
  /**
   * A quick check before the whole model is loaded: times slower than the CPU on one matrix product.
   * Rejects when there is no device.
   */
  probeSlowdown(provider: ProviderName): Promise<number>;
  create(provider: ProviderName): Promise<Encoder>;
}

export interface ProviderChoice<Encoder extends TrialEncoder> {
  readonly encoder: Encoder;
  readonly provider: ProviderName;
  readonly reason: string;
}

/** Software drivers are hundreds of times slower than the CPU provider: no need to load the model to see it. */
const HOPELESS_SLOWDOWN = 20;

/**
 * Creates the encoder on the wanted provider, or on the CPU where the other one is missing, wrong or (for `auto`)
 * slower. A driver that crashes takes this process along; whoever started it counts such failures.
 */
export async function chooseProvider<Encoder extends TrialEncoder>(
  wanted: ProviderName | 'auto',
  setup: ProviderSetup<Encoder>,
): Promise<ProviderChoice<Encoder>> {
  const cpu = await setup.create('cpu');
  const reference = await runTrial(cpu, wanted === 'auto');
  if (wanted === 'cpu') return { encoder: cpu, provider: 'cpu', reason: 'CPU: chosen in the settings' };
  const candidate = await tryCandidate(setup, reference, wanted === 'auto');
  if (candidate.encoder === null) {
    return { encoder: cpu, provider: 'cpu', reason: `${candidate.reason}; using the CPU` };
  }
  await cpu.dispose();
  return { encoder: candidate.encoder, provider: 'webgpu', reason: candidate.reason };
}

interface Trial {
  readonly features: Float32Array;
  readonly elapsedMs: number;
}

type CandidateResult<Encoder> = { encoder: Encoder | null; reason: string };

async function tryCandidate<Encoder extends TrialEncoder>(
  setup: ProviderSetup<Encoder>,
  reference: Trial,
  mustBeFaster: boolean,
): Promise<CandidateResult<Encoder>> {
  if (!setup.isBundled('webgpu')) return refused('WebGPU: not part of this build');
  let encoder: Encoder | null = null;
  try {
    const slowdown = await setup.probeSlowdown('webgpu');
    if (mustBeFaster && slowdown > HOPELESS_SLOWDOWN) return refused('WebGPU: slower than the CPU here');
    encoder = await setup.create('webgpu');
    const refusal = judge(await runTrial(encoder, mustBeFaster), reference, mustBeFaster);
    if (refusal === null) return { encoder, reason: 'WebGPU: gave the same answer as the CPU' };
    await encoder.dispose();
    return refused(refusal);
  } catch (error) {
    await encoder?.dispose();
    return refused(`WebGPU: ${plainReason(error)}`);
  }
}

/** The first run of a session compiles and allocates; where speed counts, the second one tells it. */
async function runTrial(encoder: TrialEncoder, isTimed: boolean): Promise<Trial> {
  if (isTimed) await encoder.runTrial();
  const startMs = performance.now();
  const features = await encoder.runTrial();
  return { features, elapsedMs: performance.now() - startMs };
}

/** Why the candidate is not used, or null. */
function judge(trial: Trial, reference: Trial, mustBeFaster: boolean): string | null {
  const difference = maxDifference(trial.features, reference.features);
  if (!(difference <= MAX_DIFFERENCE)) return "WebGPU: its answer differed from the CPU's";
  if (mustBeFaster && trial.elapsedMs > reference.elapsedMs) return 'WebGPU: slower than the CPU here';
  return null;
}

function refused(reason: string): { encoder: null; reason: string } {
  return { encoder: null, reason };
}

function plainReason(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  if (/adapter/iu.test(message)) return 'no adapter found';
  return `it failed on this model (${message.split('\n')[0]?.slice(0, 120) ?? ''})`;
}

/** Largest absolute difference; NaN or a different length counts as infinite. */
function maxDifference(a: Float32Array, b: Float32Array): number {
  if (a.length !== b.length) return Infinity;
  let largest = 0;
  for (let index = 0; index < a.length; index++) {
    const difference = Math.abs((a[index] ?? 0) - (b[index] ?? 0));
    if (!(difference <= largest)) largest = Number.isNaN(difference) ? Infinity : difference;
  }
  return largest;
}
