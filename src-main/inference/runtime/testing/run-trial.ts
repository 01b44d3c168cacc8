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
const { encoder, provider, reason } = await chooseProvider<TrialEncoder>(wanted as ProviderName | 'auto', {
  isBundled: isProviderBundled,
  probeSlowdown,
  create: (name) =>
    tower === 'image' ? createImageTrial(checkpoint, name) : createTextTrial(checkpoint, name),
});
const report: TrialReport = { provider, reason, features: [...(await encoder.runTrial())] };
process.stdout.write(JSON.stringify(report), () => process.exit(0));
