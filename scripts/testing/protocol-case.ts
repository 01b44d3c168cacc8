// One case of the sliding-window golden values (fixtures' protocol/ folder) as the tests of segmentation want it.

import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { WindowFeatures } from '#main/workers/messages.ts';
import { portableDir, sharedFixture } from './fixtures.ts';
import { float32Of, readNpz } from './npy.ts';

export const PORTABLE_CASES = ['photo', 'panorama'] as const;

export const SHARED_NETWORK_CASES = ['photo', 'panorama', 'cityscapes_style', 'whole_image'] as const;

export const SHARED_CASES = [
  ...SHARED_NETWORK_CASES,
  'synthetic_portrait',
  'synthetic_padded_patch14',
  'synthetic_no_synonyms',
] as const;

export interface ProtocolCase {
  folder: string;
  originalWidthPx: number;
  originalHeightPx: number;
  resizedWidthPx: number;
  resizedHeightPx: number;
  shortSidePx: number;
  longSideMaxPx: number;
  cropPx: number;
  stridePx: number;
  patchPx: number;
  logitScale: number;
  classCount: number;
  /** Class of each query, ascending. */
  queryClass: number[];
  thresholds: number[];
  /** Rows and columns that the sub-sampled arrays keep: 0, k, 2k, … */
  subSample: number;
  windows: WindowFeatures[];
}

interface StoredSettings {
  original_size_height_width: [number, number];
  resized_height_width: [number, number];
  resize_short: number;
  resize_long_limit: number;
  slide_crop: number;
  slide_stride: number;
  logit_scale: number;
  patch: number;
  classes: number;
  query_class: number[];
  prob_thd: number[];
  sub_sample?: number;
  max_probability_stored_every?: number;
}

interface StoredWindow {
  x0: number;
  y0: number;
  x1: number;
  y1: number;
  pad_left: number;
  pad_top: number;
  pad_right: number;
  pad_bottom: number;
  grid_height: number;
  grid_width: number;
}

export function readPortableCase(name: string): ProtocolCase {
  return readCase(join(portableDir, 'protocol', name));
}

export function readSharedCase(name: string): ProtocolCase {
  return readCase(sharedFixture('protocol', name)!);
}

/** Cosines of each window, queries × gridRows × gridColumns (shared cases only). */
export function readWindowCosines(golden: ProtocolCase): Float32Array[] {
  const arrays = readNpz(join(golden.folder, 'window_cosines.npz'));
  return golden.windows.map((_, i) => float32Of(arrays.get(`window_${i}`)));
}

/** A stored array such as `cosine_original_size_every_7.npz`, or null where the case has none. */
export function readSubSampled(golden: ProtocolCase, name: string): Float32Array | null {
  const file = readdirSync(golden.folder).find((entry) => entry.startsWith(name) && entry.endsWith('.npz'));
  if (file === undefined) return null;
  return float32Of([...readNpz(join(golden.folder, file)).values()][0]);
}

/** Path of `labels_thd_<t>.png` or `unsure_thd_<t>.png`. */
export function thresholdPicture(golden: ProtocolCase, kind: 'labels' | 'unsure', threshold: number): string {
  const path = join(golden.folder, `${kind}_thd_${threshold}.png`);
  if (!existsSync(path)) throw new Error(`missing ${path}`);
  return path;
}

function readCase(folder: string): ProtocolCase {
  const settings = JSON.parse(readFileSync(join(folder, 'settings.json'), 'utf8')) as StoredSettings;
  const windows = JSON.parse(readFileSync(join(folder, 'windows.json'), 'utf8')) as StoredWindow[];
  return {
    folder,
    originalWidthPx: settings.original_size_height_width[1],
    originalHeightPx: settings.original_size_height_width[0],
    resizedWidthPx: settings.resized_height_width[1],
    resizedHeightPx: settings.resized_height_width[0],
    shortSidePx: settings.resize_short,
    longSideMaxPx: settings.resize_long_limit,
    cropPx: settings.slide_crop,
    stridePx: settings.slide_stride,
    patchPx: settings.patch,
    logitScale: settings.logit_scale,
    classCount: settings.classes,
    queryClass: settings.query_class,
    thresholds: settings.prob_thd,
    subSample: settings.sub_sample ?? settings.max_probability_stored_every ?? 1,
    windows: windows.map((window) => ({
      x0: window.x0,
      y0: window.y0,
      x1: window.x1,
      y1: window.y1,
      padLeft: window.pad_left,
      padTop: window.pad_top,
      padRight: window.pad_right,
      padBottom: window.pad_bottom,
      gridRows: window.grid_height,
      gridColumns: window.grid_width,
    })),
  };
}
