// The real clock, as the editor's timers. The only place of the editor that waits.

import type { Timers } from './editor-types.ts';

export const realTimers: Timers = {
  nowMs: () => performance.now(),
  after(delayMs, callback) {
    const handle = setTimeout(callback, delayMs);
    return () => clearTimeout(handle);
  },
  nextFrame(callback) {
    if (typeof requestAnimationFrame === 'undefined') return realTimers.after(16, callback);
    const handle = requestAnimationFrame(callback);
    return () => cancelAnimationFrame(handle);
  },
};
