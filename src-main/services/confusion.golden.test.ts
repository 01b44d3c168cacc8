// mmsegmentation's IoUMetric on six pairs of label maps.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { describeWithShared, sharedFixture } from '#root/scripts/testing/fixtures.ts';
import { readPng } from '#root/scripts/testing/png.ts';
import { Confusion, reduceZeroLabel } from './confusion.ts';

interface Expected {
  pairs: [prediction: string, truth: string][];
  num_classes: number;
  reduce_zero_label: boolean;
  IoU: (number | null)[];
  Acc: (number | null)[];
  mIoU: number;
  mAcc: number;
  aAcc: number;
}

function expectClose(actual: readonly (number | null)[], expected: readonly (number | null)[]): void {
  expect(actual.length).toBe(expected.length);
  actual.forEach((value, i) => {
    if (value === null || expected[i] == null) expect(value).toBe(expected[i]);
    else expect(Math.abs(value - expected[i])).toBeLessThan(1e-12);
  });
}

describeWithShared('mIoU, shared golden values', () => {
  it.each(['plain', 'reduce_zero_label', 'too_few_classes'])('%s', async (name) => {
    const folder = sharedFixture('protocol', 'miou')!;
    const all = JSON.parse(readFileSync(join(folder, 'expected.json'), 'utf8')) as Record<string, Expected>;
    const expected = all[name]!;
    const confusion = new Confusion(expected.num_classes);
    for (const [prediction, truth] of expected.pairs) {
      const answer = await readPng(join(folder, prediction), 1);
      const { data } = await readPng(join(folder, truth), 1);
      confusion.add(expected.reduce_zero_label ? reduceZeroLabel(data) : data, Uint16Array.from(answer.data));
    }
    const score = confusion.score();
    expectClose(score.classIou, expected.IoU);
    expectClose(score.classAccuracy, expected.Acc);
    expectClose(
      [score.meanIou, score.meanAccuracy, score.pixelAccuracy],
      [expected.mIoU, expected.mAcc, expected.aAcc],
    );
  });
});
