// Contrast of the design tokens in both themes, by WCAG 2.2: 4.5 for text, 3 for control borders and the focus ring.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

const css = readFileSync(join(import.meta.dirname, 'tokens.css'), 'utf8');

function tokensOf(theme: 'dark' | 'light'): Map<string, string> {
  const block = css.slice(css.indexOf(`[data-theme='${theme}']`));
  const body = block.slice(block.indexOf('{') + 1, block.indexOf('}'));
  return new Map([...body.matchAll(/--([\w-]+):\s*(#[0-9a-f]{6});/g)].map((match) => [match[1]!, match[2]!]));
}

function luminance(hex: string): number {
  const linear = [1, 3, 5].map((at) => {
    const value = Number.parseInt(hex.slice(at, at + 2), 16) / 255;
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * linear[0]! + 0.7152 * linear[1]! + 0.0722 * linear[2]!;
}

function contrast(left: string, right: string): number {
  const [dark, light] = [luminance(left), luminance(right)].sort((a, b) => a - b);
  return (light! + 0.05) / (dark! + 0.05);
}

const PAIRS: [foreground: string, backgrounds: string[], atLeast: number][] = [
  [
    'text',
    ['surface-0', 'surface-1', 'surface-2', 'surface-3', 'surface-4', 'warn-soft', 'accent-soft'],
    4.5,
  ],
  ['text-soft', ['surface-0', 'surface-1', 'surface-2', 'surface-3'], 4.5],
  ['text-faint', ['surface-1', 'surface-2', 'surface-3', 'accent-soft'], 4.5],
  ['accent', ['surface-1', 'surface-2', 'surface-3', 'accent-soft'], 4.5],
  ['ok', ['surface-1', 'surface-2', 'surface-3'], 4.5],
  ['warn', ['surface-1', 'surface-2', 'warn-soft'], 4.5],
  ['danger', ['surface-1', 'surface-2', 'danger-soft'], 4.5],
  ['on-accent', ['accent-fill', 'accent-fill-hover', 'danger-fill'], 4.5],
  ['line-strong', ['surface-1', 'surface-2', 'surface-3'], 3],
  ['focus', ['surface-0', 'surface-1', 'surface-2', 'surface-3'], 3],
];

describe.each(['dark', 'light'] as const)('%s theme', (theme) => {
  const tokens = tokensOf(theme);
  it.each(PAIRS)('%s is readable', (foreground, backgrounds, atLeast) => {
    const tooWeak = backgrounds
      .map((background) => ({
        background,
        ratio: contrast(tokens.get(foreground)!, tokens.get(background)!),
      }))
      .filter(({ ratio }) => ratio < atLeast);
    expect(tooWeak).toEqual([]);
  });
});
