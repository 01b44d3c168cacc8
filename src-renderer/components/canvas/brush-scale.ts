// The size slider is logarithmic: one pixel and a thousand are both in reach.

const MIN_RADIUS_PX = 0.5;
const MAX_RADIUS_PX = 1000;
const RANGE = Math.log(MAX_RADIUS_PX / MIN_RADIUS_PX);

/** @param value 0..1 @returns radius in image pixels, a multiple of one half */
export function radiusFromSlider(value: number): number {
  return Math.round(MIN_RADIUS_PX * Math.exp(value * RANGE) * 2) / 2;
}

export function sliderFromRadius(radiusImagePx: number): number {
  return Math.min(1, Math.max(0, Math.log(radiusImagePx / MIN_RADIUS_PX) / RANGE));
}
