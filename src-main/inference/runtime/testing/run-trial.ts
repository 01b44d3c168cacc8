// Child process of a test: opens a checkpoint's tower on a provider and prints what it answered as JSON.
// Arguments: checkpoint folder, tower, provider.

import type { ProviderName } from '#main/workers/messages.ts';
import { openCheckpoint } from '../../checkpoint/open-checkpoint.ts';
import { createImageTrial, createTextTrial } from '../../tower-trials.ts';
import { probeSlowdown } from '../device-probe.ts';
import { isProviderBundled } from '../ort.ts';
import { chooseProvider, type TrialEncoder } from '../provider-choice.ts';

export interface TrialReport {
  provider: ProviderName;
  reason: string;
  features: number[];
}

const [, , folder = '', tower = '', wanted = ''] = process.argv;
const checkpoint = await openCheckpoint(folder);

/** The answers of the self-test's own runs: on a software driver another run would take many seconds. */
const answers = new Map<ProviderName, Float32Array>();

async function createRecorded(name: ProviderName): Promise<TrialEncoder> {
  const trial = await (tower === 'image'
    ? createImageTrial(checkpoint, name)
    : createTextTrial(checkpoint, name));
  const runTrial = async (): Promise<Float32Array> => {
    const features = await trial.runTrial();
    answers.set(name, features);
    return features;
  };
  return { runTrial, dispose: () => trial.dispose() };
}

const { provider, reason } = await chooseProvider<TrialEncoder>(wanted as ProviderName | 'auto', {
  isBundled: isProviderBundled,
  probeSlowdown,
  create: createRecorded,
});
const report: TrialReport = { provider, reason, features: [...(answers.get(provider) ?? [])] };
process.stdout.write(JSON.stringify(report), () => process.exit(0));
