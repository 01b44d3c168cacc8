import { describe, expect, it } from 'vitest';
import { describeWithShared } from '#root/scripts/testing/fixtures.ts';
import {
  PORTABLE_CASES,
  readPortableCase,
  readSharedCase,
  SHARED_CASES,
  type ProtocolCase,
} from '#root/scripts/testing/protocol-case.ts';
import { planWindows } from './windows.ts';

function expectWindowsEqual(golden: ProtocolCase): void {
  const { resizedWidthPx, resizedHeightPx, cropPx, stridePx, patchPx } = golden;
  expect(planWindows(resizedWidthPx, resizedHeightPx, cropPx, stridePx, patchPx)).toEqual(golden.windows);
}

describe('windows, portable golden values', () => {
  it.each(PORTABLE_CASES)('%s', (name) => expectWindowsEqual(readPortableCase(name)));
});

describeWithShared('windows, shared golden values', () => {
  it.each(SHARED_CASES)('%s', (name) => expectWindowsEqual(readSharedCase(name)));
});
