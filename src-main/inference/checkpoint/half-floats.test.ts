import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  bfloat16ToFloat32,
  float16ToFloat32,
  float32ToBfloat16Bits,
  float32ToFloat16Bits,
} from './half-floats.ts';

describe('half precision', () => {
  it('survives the way to float32 and back, all 65536 values', () => {
    for (let bits = 0; bits < 65536; bits++) {
      const value = float16ToFloat32(bits);
      if (Number.isNaN(value)) continue;
      expect(float32ToFloat16Bits(value)).toBe(bits);
    }
  });

  it('rounds to the nearest value', () => {
    fc.assert(
      fc.property(fc.float({ min: -65000, max: 65000, noNaN: true }), (value) => {
        const bits = float32ToFloat16Bits(value);
        const error = Math.abs(float16ToFloat32(bits) - value);
        for (const neighbour of [bits - 1, bits + 1]) {
          if ((neighbour & 0x7c00) === 0x7c00 || neighbour < 0) continue;
          expect(error).toBeLessThanOrEqual(Math.abs(float16ToFloat32(neighbour) - value));
        }
      }),
    );
  });

  it('bfloat16 is the upper half of a float32, rounded', () => {
    expect([...bfloat16ToFloat32(Uint16Array.of(0x3f80, 0xc000, 0x7f80))]).toEqual([1, -2, Infinity]);
    expect(float32ToBfloat16Bits(1)).toBe(0x3f80);
    expect(float32ToBfloat16Bits(1 + 2 ** -7 + 2 ** -8)).toBe(0x3f82);
    expect(float32ToBfloat16Bits(1 + 2 ** -8)).toBe(0x3f80);
  });
});
