// The window as a user meets it: real pointer and key events, and pixels as they are on the screen.

import { expect, type Locator, type Page } from '@playwright/test';
import { TEST_IDS } from '../src-renderer/test-ids.ts';

export type Rgb = [red: number, green: number, blue: number];
/** Fractions of the canvas, 0..1. */
export type CanvasPlace = readonly [x: number, y: number];

export class WorkspacePage {
  readonly page: Page;
  readonly canvas: Locator;
  readonly regionRows: Locator;
  readonly saveState: Locator;

  constructor(page: Page) {
    this.page = page;
    this.canvas = page.getByTestId(TEST_IDS.canvas);
    this.regionRows = page.getByTestId(TEST_IDS.regionRow);
    this.saveState = page.getByTestId(TEST_IDS.saveState);
  }

  /** The project is open and its first image is on the canvas. */
  async ready(): Promise<this> {
    await expect(this.page.getByTestId(TEST_IDS.workspace)).toBeVisible();
    await expect(this.page.getByTestId(TEST_IDS.imageName)).toBeVisible();
    await expect.poll(async () => spread(await this.pixel([0.5, 0.5]))).toBeGreaterThanOrEqual(0);
    return this;
  }

  async typeClasses(text: string): Promise<void> {
    const first = this.page.getByTestId(TEST_IDS.firstNamesBox);
    const box = (await first.count()) > 0 ? first : this.page.getByTestId(TEST_IDS.vocabularyBox);
    await box.fill(text);
    await box.press('Enter');
    const lastName = text.split(',').at(-1)?.split('=')[0]?.trim() ?? '';
    await expect(this.categoryRow(lastName)).toBeVisible();
  }

  categoryRow(name: string): Locator {
    return this.page.locator(`[data-testid=${TEST_IDS.categoryRow}][data-category="${name}"]`);
  }

  regions(status: 'proposal' | 'region'): Locator {
    return this.page.locator(`[data-testid=${TEST_IDS.regionRow}][data-status=${status}]`);
  }

  async chooseTool(label: string): Promise<void> {
    await this.page.getByRole('button', { name: label, exact: true }).click();
  }

  async screenPoint([x, y]: CanvasPlace): Promise<{ x: number; y: number }> {
    const box = await this.canvas.boundingBox();
    if (box === null) throw new Error('the canvas is not visible');
    return { x: Math.round(box.x + x * box.width), y: Math.round(box.y + y * box.height) };
  }

  /** Presses, moves through all places and, unless told otherwise, lets go. */
  async stroke(places: readonly CanvasPlace[], letsGo = true): Promise<void> {
    const [first, ...rest] = await Promise.all(places.map((place) => this.screenPoint(place)));
    if (first === undefined) return;
    await this.page.mouse.move(first.x, first.y);
    await this.page.mouse.down();
    for (const point of rest) await this.page.mouse.move(point.x, point.y, { steps: 6 });
    if (letsGo) await this.page.mouse.up();
  }

  async saved(): Promise<void> {
    await expect(this.saveState).toHaveAttribute('data-state', 'saved');
    await expect(this.page).toHaveTitle(/saved/);
  }

  /** Colour on the screen, with the pointer out of the way. */
  async pixel(place: CanvasPlace): Promise<Rgb> {
    const point = await this.screenPoint(place);
    const png = await this.page.screenshot({ clip: { ...point, width: 1, height: 1 } });
    return this.page.evaluate(async (base64) => {
      const bytes = Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
      const bitmap = await createImageBitmap(new Blob([bytes], { type: 'image/png' }));
      const context = new OffscreenCanvas(1, 1).getContext('2d');
      context?.drawImage(bitmap, 0, 0);
      const data = context?.getImageData(0, 0, 1, 1).data ?? new Uint8ClampedArray(4);
      return [data[0] ?? 0, data[1] ?? 0, data[2] ?? 0];
    }, png.toString('base64'));
  }

  /** The canvas as PNG, for `changedFraction`. */
  picture(): Promise<Buffer> {
    return this.canvas.screenshot();
  }

  /** Share of the canvas's pixels that differ visibly between two pictures, 0..1. */
  changedFraction(before: Buffer, after: Buffer): Promise<number> {
    return this.page.evaluate(
      async ([left, right]) => {
        const pixelsOf = async (base64: string): Promise<Uint8ClampedArray> => {
          const bytes = Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
          const bitmap = await createImageBitmap(new Blob([bytes], { type: 'image/png' }));
          const context = new OffscreenCanvas(bitmap.width, bitmap.height).getContext('2d');
          if (context === null) throw new Error('no 2D canvas');
          context.drawImage(bitmap, 0, 0);
          return context.getImageData(0, 0, bitmap.width, bitmap.height).data;
        };
        const [a, b] = await Promise.all([pixelsOf(left), pixelsOf(right)]);
        let changed = 0;
        for (let i = 0; i < a.length; i += 4) {
          const difference = [0, 1, 2].map((c) => Math.abs((a[i + c] ?? 0) - (b[i + c] ?? 0)));
          if (Math.max(...difference) > 8) changed += 1;
        }
        return changed / (a.length / 4);
      },
      [before.toString('base64'), after.toString('base64')] as const,
    );
  }

  /** Takes the pointer, and with it the brush circle, off the canvas. */
  async parkPointer(): Promise<void> {
    await this.page.mouse.move(640, 8);
  }

  async expectPixelNear(place: CanvasPlace, color: Rgb, tolerance = 6): Promise<void> {
    await expect.poll(async () => distance(await this.pixel(place), color)).toBeLessThanOrEqual(tolerance);
  }

  async expectPixelFar(place: CanvasPlace, color: Rgb, atLeast = 24): Promise<void> {
    await expect.poll(async () => distance(await this.pixel(place), color)).toBeGreaterThanOrEqual(atLeast);
  }
}

function distance(left: Rgb, right: Rgb): number {
  return Math.max(...left.map((value, channel) => Math.abs(value - (right[channel] ?? 0))));
}

function spread(color: Rgb): number {
  return Math.max(...color) - Math.min(...color);
}
