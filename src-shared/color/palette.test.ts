import { describe, expect, test } from 'vitest';
import { COLOR_VISIONS, linearFromHex, oklabDistance, seenColor } from './color-vision.ts';
import { PALETTE_SIZE, classPalette, nextClassColor } from './palette.ts';

describe('class palette', () => {
  test('has 256 distinct colours and is always the same', () => {
    const palette = classPalette();
    expect(palette).toHaveLength(PALETTE_SIZE);
    expect(new Set(palette).size).toBe(PALETTE_SIZE);
    expect(palette.every((color) => /^#[0-9a-f]{6}$/.test(color))).toBe(true);
    expect(classPalette()).toBe(palette);
  });

  test.each(COLOR_VISIONS)('keeps the first 16 colours apart for %s eyes', (vision) => {
    const seen = classPalette()
      .slice(0, 16)
      .map((color) => seenColor(linearFromHex(color), vision));
    const distances = seen.flatMap((first, i) =>
      seen.slice(i + 1).map((second) => oklabDistance(first, second)),
    );
    expect(Math.min(...distances)).toBeGreaterThan(0.03);
  });

  test('offers the first colour that is free and starts over when none is', () => {
    const palette = classPalette();
    expect(nextClassColor([])).toBe(palette[0]);
    expect(nextClassColor([palette[0] ?? '', (palette[1] ?? '').toUpperCase()])).toBe(palette[2]);
    expect(palette).toContain(nextClassColor(palette));
  });
});
