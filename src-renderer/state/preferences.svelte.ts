// What belongs to the person and the screen, not to the project: theme, widths of panels. Kept in local storage.

import { z } from 'zod';

const preferencesSchema = z.object({
  theme: z.enum(['system', 'light', 'dark']).catch('system'),
  leftWidthPx: z.number().catch(288),
  rightWidthPx: z.number().catch(272),
  isLeftOpen: z.boolean().catch(true),
  isRightOpen: z.boolean().catch(true),
  isFilmstripOpen: z.boolean().catch(true),
  isDemoBannerHidden: z.boolean().catch(false),
});
export type PreferenceValues = z.infer<typeof preferencesSchema>;

const STORAGE_KEY = 'clearlabel.preferences';
export const PANEL_WIDTH_LIMITS_PX = { min: 220, max: 460 };

export class Preferences {
  values: PreferenceValues = $state.raw(preferencesSchema.parse({}));
  /** What the system asks for; used when the theme is `system`. */
  systemTheme: 'light' | 'dark' = $state('dark');
  readonly theme = $derived(this.values.theme === 'system' ? this.systemTheme : this.values.theme);
  readonly #storage: Pick<Storage, 'getItem' | 'setItem'>;

  constructor(storage: Pick<Storage, 'getItem' | 'setItem'>) {
    this.#storage = storage;
    this.values = preferencesSchema.parse(readJson(storage.getItem(STORAGE_KEY)));
  }

  set(patch: Partial<PreferenceValues>): void {
    this.values = { ...this.values, ...patch };
    this.#storage.setItem(STORAGE_KEY, JSON.stringify(this.values));
  }

  setPanelWidth(side: 'left' | 'right', widthPx: number): void {
    const clamped = Math.round(
      Math.min(PANEL_WIDTH_LIMITS_PX.max, Math.max(PANEL_WIDTH_LIMITS_PX.min, widthPx)),
    );
    this.set(side === 'left' ? { leftWidthPx: clamped } : { rightWidthPx: clamped });
  }

  nextTheme(): void {
    this.set({ theme: this.theme === 'dark' ? 'light' : 'dark' });
  }
}

function readJson(text: string | null): object {
  if (text === null) return {};
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? value : {};
  } catch {
    return {};
  }
}
