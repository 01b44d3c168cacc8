// How far apart two colours look, for usual and for colour-deficient eyes. Pure arithmetic on `#rrggbb`.

/** Linear-light RGB, each 0..1. */
export type LinearRgb = readonly [red: number, green: number, blue: number];
/** Oklab (B. Ottosson, 2020): lightness 0..1 and two opponent axes of about ±0.4. */
export type Oklab = readonly [lightness: number, a: number, b: number];

export type ColorVision = 'usual' | 'protan' | 'deutan';
export const COLOR_VISIONS: readonly ColorVision[] = ['usual', 'protan', 'deutan'];

/** Severity 1.0 matrices on linear RGB of Machado, Oliveira and Fernandes (IEEE TVCG 2009). */
const SIMULATION: Record<ColorVision, readonly number[]> = {
  usual: [1, 0, 0, 0, 1, 0, 0, 0, 1],
  protan: [0.152286, 1.052583, -0.204868, 0.114503, 0.786281, 0.099216, -0.003882, -0.048116, 1.051998],
  deutan: [0.367322, 0.860646, -0.227968, 0.280085, 0.672501, 0.047413, -0.01182, 0.04294, 0.968881],
};

/** Parses `#rrggbb`. */
export function linearFromHex(hex: string): LinearRgb {
  const value = Number.parseInt(hex.slice(1), 16);
  return [
    linearFromByte((value >> 16) & 255),
    linearFromByte((value >> 8) & 255),
    linearFromByte(value & 255),
  ];
}

/** What an eye of the given kind sees, in Oklab. */
export function seenColor(color: LinearRgb, vision: ColorVision): Oklab {
  const m = SIMULATION[vision];
  const row = (i: number) =>
    clampUnit((m[i] ?? 0) * color[0] + (m[i + 1] ?? 0) * color[1] + (m[i + 2] ?? 0) * color[2]);
  return oklabFromLinear([row(0), row(3), row(6)]);
}

/** Euclidean distance in Oklab; about 0.02 is just visible side by side. */
export function oklabDistance(first: Oklab, second: Oklab): number {
  return Math.hypot(first[0] - second[0], first[1] - second[1], first[2] - second[2]);
}

function oklabFromLinear([r, g, b]: LinearRgb): Oklab {
  const l = Math.cbrt(0.4122214708 * r + 0.5363325363 * g + 0.0514459929 * b);
  const m = Math.cbrt(0.2119034982 * r + 0.6806995451 * g + 0.1073969566 * b);
  const s = Math.cbrt(0.0883024619 * r + 0.2817188376 * g + 0.6299787005 * b);
  return [
    0.2104542553 * l + 0.793617785 * m - 0.0040720468 * s,
    1.9779984951 * l - 2.428592205 * m + 0.4505937099 * s,
    0.0259040371 * l + 0.7827717662 * m - 0.808675766 * s,
  ];
}

function linearFromByte(byte: number): number {
  const value = byte / 255;
  return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
}

function clampUnit(value: number): number {
  return Math.min(1, Math.max(0, value));
}
