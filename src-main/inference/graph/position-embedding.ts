// Position embeddings for a grid of any size, by the rule of ClearCLIP's authors (methods 1.2).

/** Keys cubic interpolation constant of torch's bicubic resize. */
const CUBIC_A = -0.75;
/** The authors resize by (g + 0.1) / G so that rounding never yields one patch too few. */
const GRID_MARGIN = 0.1;

/** A stored position table: float32 [1 + storedGrid², width], row 0 the class token's, then row-major. */
export interface PositionTable {
  readonly values: Float32Array;
  readonly storedGrid: number;
  readonly width: number;
}

/**
 * Positions float32 [1 + rows · columns, width] for a grid of patches. The stored table is used as it is when the
 * number of tokens fits (also where the shape differs, as the authors' code does); otherwise it is resized
 * bicubically (a = −0.75, taps clamped) with source = (i + 0.5) · G / (g + 0.1) − 0.5 per axis. The class token's
 * row never changes.
 */
export function positionsForGrid(table: PositionTable, rows: number, columns: number): Float32Array {
  const { storedGrid, width, values } = table;
  if (rows * columns === storedGrid * storedGrid) return values;
  const rowTaps = axisTaps(rows, storedGrid);
  const columnTaps = axisTaps(columns, storedGrid);
  const out = new Float32Array((1 + rows * columns) * width);
  out.set(values.subarray(0, width));
  const wide = new Float64Array(storedGrid * columns * width);
  for (let y = 0; y < storedGrid; y++) {
    for (let x = 0; x < columns; x++) {
      const target = (y * columns + x) * width;
      for (const { index, weight } of columnTaps[x] ?? []) {
        const source = (1 + y * storedGrid + index) * width;
        for (let c = 0; c < width; c++) wide[target + c]! += weight * values[source + c]!;
      }
    }
  }
  const sum = new Float64Array(width);
  for (let y = 0; y < rows; y++) {
    for (let x = 0; x < columns; x++) {
      sum.fill(0);
      for (const { index, weight } of rowTaps[y] ?? []) {
        const source = (index * columns + x) * width;
        for (let c = 0; c < width; c++) sum[c]! += weight * wide[source + c]!;
      }
      out.set(sum, (1 + y * columns + x) * width);
    }
  }
  return out;
}

interface Tap {
  readonly index: number;
  readonly weight: number;
}

/** Four clamped taps for every target position of one axis. */
function axisTaps(size: number, storedGrid: number): Tap[][] {
  const step = storedGrid / (size + GRID_MARGIN);
  return Array.from({ length: size }, (_, i) => {
    const source = (i + 0.5) * step - 0.5;
    const base = Math.floor(source);
    return [-1, 0, 1, 2].map((offset) => ({
      index: Math.min(Math.max(base + offset, 0), storedGrid - 1),
      weight: cubicWeight(source - (base + offset)),
    }));
  });
}

function cubicWeight(distance: number): number {
  const t = Math.abs(distance);
  if (t <= 1) return ((CUBIC_A + 2) * t - (CUBIC_A + 3)) * t * t + 1;
  if (t < 2) return ((CUBIC_A * t - 5 * CUBIC_A) * t + 8 * CUBIC_A) * t - 4 * CUBIC_A;
  return 0;
}
