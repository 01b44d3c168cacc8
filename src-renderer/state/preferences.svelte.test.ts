import { describe, expect, it } from 'vitest';
import { Preferences } from './preferences.svelte.ts';

function storageWith(text: string | null) {
  const written: string[] = [];
  return { written, getItem: () => text, setItem: (_key: string, value: string) => void written.push(value) };
}

describe('Preferences', () => {
  it('follows the system until a theme is chosen', () => {
    const preferences = new Preferences(storageWith(null));
    preferences.systemTheme = 'light';
    expect(preferences.theme).toBe('light');
    preferences.nextTheme();
    preferences.systemTheme = 'light';
    expect(preferences.theme).toBe('dark');
  });

  it.each(['not json', '5', 'null', '{"theme":"pink","leftWidthPx":"wide"}'])(
    'falls back to the usual values for %s',
    (text) => {
      expect(new Preferences(storageWith(text)).values).toEqual(new Preferences(storageWith(null)).values);
    },
  );

  it('keeps panels at a usable width', () => {
    const storage = storageWith(null);
    const preferences = new Preferences(storage);
    preferences.setPanelWidth('left', 9999);
    preferences.setPanelWidth('right', 3);
    expect([preferences.values.leftWidthPx, preferences.values.rightWidthPx, storage.written.length]).toEqual(
      [460, 220, 2],
    );
  });
});
