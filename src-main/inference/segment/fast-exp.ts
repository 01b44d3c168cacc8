// The exponential of softmax, several times faster than Math.exp and the same on every machine.

const STEPS_PER_OCTAVE = 256;
const STEPS_PER_NAT = STEPS_PER_OCTAVE / Math.LN2;
const NATS_PER_STEP = Math.LN2 / STEPS_PER_OCTAVE;
/** 2^(i / 256) */
const FRACTIONS = Float64Array.from({ length: STEPS_PER_OCTAVE }, (_, i) => 2 ** (i / STEPS_PER_OCTAVE));
/** 2^(i − 1022) */
const OCTAVES = Float64Array.from({ length: 2045 }, (_, i) => 2 ** (i - 1022));

/** exp(x) with a relative error below 1e-12 for |x| ≤ 700; 0 below −700, Infinity above 700. */
export function fastExp(x: number): number {
  if (x < -700) return 0;
  if (x > 700) return Infinity;
  const steps = Math.floor(x * STEPS_PER_NAT + 0.5);
  const rest = x - steps * NATS_PER_STEP;
  const polynomial = 1 + rest * (1 + rest * (0.5 + rest * (1 / 6)));
  return FRACTIONS[steps & 255]! * OCTAVES[(steps >> 8) + 1022]! * polynomial;
}
