// Groups windows of equal grid for one run of the image tower.

import type { WindowFeatures } from '#main/workers/messages.ts';

/** Neighbours in the list with the same grid, at most `maxTokens` patches a batch (a single window may exceed it). */
export function planWindowBatches(windows: readonly WindowFeatures[], maxTokens: number): WindowFeatures[][] {
  const batches: WindowFeatures[][] = [];
  for (const window of windows) {
    const batch = batches.at(-1);
    const first = batch?.[0];
    const isSameGrid =
      first !== undefined && first.gridRows === window.gridRows && first.gridColumns === window.gridColumns;
    const tokens = ((batch?.length ?? 0) + 1) * window.gridRows * window.gridColumns;
    if (batch !== undefined && isSameGrid && tokens <= maxTokens) batch.push(window);
    else batches.push([window]);
  }
  return batches;
}
