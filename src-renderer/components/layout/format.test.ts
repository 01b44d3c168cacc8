import { describe, expect, it } from 'vitest';
import { radiusFromSlider, sliderFromRadius } from '../canvas/brush-scale.ts';
import { bytesText, countText, durationText, percentText, rateText } from './format.ts';

describe('numbers as the interface shows them', () => {
  it('reads well', () => {
    expect({
      zooms: [0.02, 0.495, 64].map(percentText),
      durations: [0, 59, 61, 3599, 4000].map(durationText),
      rates: [38.4, 2.04, 0.02].map(rateText),
      bytes: [999, 1500, 599_000_000, 2_000_000_000].map(bytesText),
      counts: [0, 999, 1000, 1_234_567].map(countText),
    }).toEqual({
      zooms: ['2.0 %', '50 %', '6400 %'],
      durations: ['1 s', '59 s', '1 min', '1 h 0 min', '1 h 7 min'],
      rates: ['38 images/s', '2.0 images/s', '50 s an image'],
      bytes: ['999 bytes', '1.5 kB', '599 MB', '2.0 GB'],
      counts: ['0', '999', '1\u2009000', '1\u2009234\u2009567'],
    });
  });

  it('reaches one pixel and a thousand with the size slider', () => {
    expect([0, 1].map(radiusFromSlider)).toEqual([0.5, 1000]);
    for (const radius of [0.5, 8, 16, 64, 250, 1000])
      expect(radiusFromSlider(sliderFromRadius(radius))).toBe(radius);
  });
});
