// Prints one figure as the JSON line that run.ts reads, and the statistics that benchmarks share.

export interface FigureReport {
  name: string;
  value: number;
  unit: string;
  /** What the project's requirements ask for; null where they ask for nothing. */
  bar: number | null;
  /** Whether values below the bar are good, or values above it. */
  better: 'lower' | 'higher';
  details?: unknown;
}

export function reportFigure({ better, ...figure }: FigureReport): void {
  const { value, bar } = figure;
  const isMet = bar === null ? null : better === 'lower' ? value <= bar : value >= bar;
  process.stdout.write(`${JSON.stringify({ ...figure, isMet })}\n`);
}

export function median(values: readonly number[]): number {
  return percentile(values, 0.5);
}

/** Nearest-rank percentile, `fraction` 0..1. */
export function percentile(values: readonly number[], fraction: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  const index = Math.min(sorted.length - 1, Math.max(0, Math.ceil(fraction * sorted.length) - 1));
  return sorted[index] ?? NaN;
}
