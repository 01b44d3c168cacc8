// What the commands say and where: results on standard output, everything else on standard error.

import type { JobWire } from '#shared/contract/wire.ts';

export const EXIT = { done: 0, someFailed: 1, usage: 2, interrupted: 130 } as const;

export interface Terminal {
  /** A result: text, or one JSON document with `--json`. */
  result(text: string, value: unknown): void;
  /** A message for the person at the terminal. */
  note(text: string): void;
  /** The state of a job; redraws one line on a terminal, stays silent elsewhere. */
  progress(job: JobWire): void;
  progressText(text: string): void;
  /** Ends the progress line. */
  endProgress(): void;
}

export function createTerminal(options: { json: boolean }): Terminal {
  const isInteractive = process.stderr.isTTY;
  let hasLine = false;
  const clearLine = (): void => {
    if (hasLine) process.stderr.write('\r\u001b[2K');
    hasLine = false;
  };
  const drawLine = (text: string): void => {
    if (!isInteractive) return;
    clearLine();
    process.stderr.write(text);
    hasLine = true;
  };
  return {
    result(text, value) {
      clearLine();
      process.stdout.write(options.json ? `${JSON.stringify(value, null, 2)}\n` : `${text}\n`);
    },
    note(text) {
      clearLine();
      process.stderr.write(`${text}\n`);
    },
    progress: (job) => drawLine(progressLine(job, process.stderr.columns)),
    progressText: drawLine,
    endProgress: clearLine,
  };
}

/** One line such as `12/40 ██████░░░░ 3.1 images/s, 9 s left`. */
export function progressLine(job: JobWire, columns: number): string {
  const barLength = 20;
  const fraction = job.total === 0 ? 1 : job.done / job.total;
  const filled = Math.round(fraction * barLength);
  const bar = '█'.repeat(filled) + '░'.repeat(barLength - filled);
  const rate = job.imagesPerSecond === null ? '' : ` ${formatRate(job.imagesPerSecond)}`;
  const left = job.secondsLeft === null ? '' : `, ${formatDuration(job.secondsLeft)} left`;
  return `${job.done}/${job.total} ${bar}${rate}${left} ${job.message}`.slice(0, Math.max(20, columns - 1));
}

function formatRate(imagesPerSecond: number): string {
  return `${imagesPerSecond.toFixed(imagesPerSecond < 10 ? 2 : 0)} images/s`;
}

export function formatDuration(seconds: number): string {
  const whole = Math.ceil(seconds);
  if (whole < 60) return `${whole} s`;
  const minutes = Math.floor(whole / 60);
  if (minutes < 60) return `${minutes} min ${whole % 60} s`;
  return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}
