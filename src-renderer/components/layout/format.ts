// Numbers as the interface shows them.

export function percentText(zoom: number): string {
  const percent = zoom * 100;
  return percent < 10 ? `${percent.toFixed(1)} %` : `${Math.round(percent)} %`;
}

export function durationText(seconds: number): string {
  if (seconds < 60) return `${Math.max(1, Math.round(seconds))} s`;
  const minutes = Math.round(seconds / 60);
  if (minutes < 60) return `${minutes} min`;
  return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

export function rateText(imagesPerSecond: number): string {
  if (imagesPerSecond >= 10) return `${Math.round(imagesPerSecond)} images/s`;
  if (imagesPerSecond >= 0.1) return `${imagesPerSecond.toFixed(1)} images/s`;
  return `${durationText(1 / imagesPerSecond)} an image`;
}

export function bytesText(bytes: number): string {
  if (bytes < 1000) return `${bytes} bytes`;
  const units = ['kB', 'MB', 'GB', 'TB'];
  let value = bytes / 1000;
  let unit = 0;
  while (value >= 1000 && unit < units.length - 1) {
    value /= 1000;
    unit += 1;
  }
  return `${value.toFixed(value < 10 ? 1 : 0)} ${units[unit] ?? ''}`;
}

/** 1 234 567 with thin spaces. */
export function countText(count: number): string {
  return String(count).replaceAll(/\B(?=(\d{3})+$)/g, '\u2009');
}
