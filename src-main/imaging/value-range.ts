// Brings pixel values of float and 32-bit pictures to 8 bits by one rule. (16-bit pictures keep their high byte, as
// OpenCV and Pillow do; that happens in the decoder.)

/**
 * 8-bit values of the same length. Finite values within 0..1 are multiplied by 255; any other range is stretched from
 * its smallest to its largest finite value. NaN and -infinity become 0, +infinity 255.
 */
export function stretchToBytes(values: Float32Array): Uint8Array {
  let min = Infinity;
  let max = -Infinity;
  for (const value of values) {
    if (!Number.isFinite(value)) continue;
    if (value < min) min = value;
    if (value > max) max = value;
  }
  if (min >= 0 && max <= 1) [min, max] = [0, 1];
  const scale = max > min ? 255 / (max - min) : 0;
  // Uint8ClampedArray rounds and clamps; NaN becomes 0.
  const bytes = new Uint8ClampedArray(values.length);
  for (let index = 0; index < values.length; index++) {
    const value = values[index] ?? 0;
    bytes[index] = Number.isFinite(value) ? (value - min) * scale : value;
  }
  return new Uint8Array(bytes.buffer);
}
