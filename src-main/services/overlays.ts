// One picture for each image with its masks drawn on it, for looking through a batch outside the program.

import { randomUUID } from 'node:crypto';
import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { ImageId } from '#shared/annotation/records.ts';
import { AppError, errorBodyOf } from '#shared/errors.ts';
import { decodeTile } from '#shared/mask/tile-codec.ts';
import { TILE_SIZE } from '#shared/mask/tile-mask.ts';
import type { StoredRegion } from '../store/region-repository.ts';
import { explainFileError } from './file-errors.ts';
import type { JobFailure } from './jobs.ts';
import type { LabellingContext } from './labelling.ts';
import { requireUsable } from './usable-image.ts';

const OPACITY = 0.5;

export interface OverlayReport {
  written: number;
  failures: JobFailure[];
}

/** Writes `<image path>.overlay.jpg` below `folder` for every image that can be read. */
export async function writeOverlays(
  context: LabellingContext,
  folder: string,
  options: { signal: AbortSignal },
): Promise<OverlayReport> {
  const { store } = context.project;
  const report: OverlayReport = { written: 0, failures: [] };
  for (const imageId of store.images.ids()) {
    options.signal.throwIfAborted();
    const { path, isMissing } = store.images.require(imageId);
    if (isMissing) continue;
    try {
      await writeOverlay(context, imageId, join(folder, `${path}.overlay.jpg`));
      report.written += 1;
    } catch (error) {
      if (!(error instanceof AppError) || !error.code.startsWith('image/')) throw error;
      report.failures.push({ imageId, path, message: errorBodyOf(error).message });
    }
  }
  return report;
}

async function writeOverlay(
  { project, workers }: LabellingContext,
  imageId: ImageId,
  file: string,
): Promise<void> {
  const image = await requireUsable(project, imageId);
  const picture = await workers.imaging.decodeRgb({ path: project.pathOf(image) });
  const colors = new Map(
    project.store.categories.list().map((category) => [category.id, bytesOf(category.color)]),
  );
  for (const region of project.store.regions.listForImage(imageId)) {
    const color = colors.get(region.record.categoryId);
    if (color !== undefined) paint(picture, region, color);
  }
  const { bytes } = await workers.imaging.encode({ ...picture, format: 'jpeg' });
  await writeWhole(file, bytes).catch((error: unknown) => {
    throw explainFileError(error, `${file} could not be written.`);
  });
}

interface RgbPicture {
  widthPx: number;
  heightPx: number;
  rgb: Uint8Array;
}

function paint(picture: RgbPicture, region: StoredRegion, color: readonly [number, number, number]): void {
  const across = Math.ceil(picture.widthPx / TILE_SIZE);
  for (const { tileKey, runs } of region.tiles) {
    const words = decodeTile(runs);
    const left = (tileKey % across) * TILE_SIZE;
    const top = Math.floor(tileKey / across) * TILE_SIZE;
    for (let index = 0; index < words.length; index++) {
      // Tiles hold rows of eight words of 32 pixels.
      const y = top + (index >> 3);
      const x = left + (index & 7) * 32;
      for (let word = words[index] ?? 0; word !== 0; word &= word - 1) {
        blend(picture, x + 31 - Math.clz32(word & -word), y, color);
      }
    }
  }
}

function blend(picture: RgbPicture, x: number, y: number, color: readonly [number, number, number]): void {
  const at = (y * picture.widthPx + x) * 3;
  for (let channel = 0; channel < 3; channel++) {
    const below = picture.rgb[at + channel] ?? 0;
    picture.rgb[at + channel] = below + (color[channel as 0 | 1 | 2] - below) * OPACITY;
  }
}

function bytesOf(color: string): [number, number, number] {
  const value = Number.parseInt(color.slice(1), 16);
  return [(value >> 16) & 255, (value >> 8) & 255, value & 255];
}

async function writeWhole(file: string, bytes: Uint8Array): Promise<void> {
  const temporary = `${file}.${randomUUID()}.tmp`;
  await mkdir(dirname(file), { recursive: true });
  try {
    await writeFile(temporary, bytes);
    await rename(temporary, file);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
}
