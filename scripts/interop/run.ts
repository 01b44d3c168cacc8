// `npm run interop`: writes a random project in all three forms of COCO JSON and lets pycocotools and torchvision load
// them, comparing every mask. Optional: what is missing is named, and nothing is counted as passed that was not run.

import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { CocoSourceImage, SegmentationStyle } from '#main/formats/coco/coco-source.ts';
import { randomSource, SAMPLE_HEAD } from '#main/formats/coco/testing/random-source.ts';
import { writeCoco } from '#main/formats/coco/write.ts';
import { forEachRun } from '#shared/mask/tile-mask.ts';
import { findPython } from './python.ts';

interface CheckLine {
  check: string;
  status: 'passed' | 'failed' | 'skipped';
  reason: string;
}

const STYLES: SegmentationStyle[] = ['rle', 'rle-list', 'polygon'];
const SEED = 20_240_817;

const lines: (CheckLine & { style: string })[] = [];
const python = findPython(['numpy', 'pycocotools.mask']);
if ('missing' in python) {
  for (const style of STYLES) {
    lines.push({ style, check: 'all', status: 'skipped', reason: `not run: ${python.missing}` });
  }
} else {
  const folder = mkdtempSync(join(tmpdir(), 'clearlabel-interop-'));
  try {
    const images = randomSource(SEED, 35);
    writeTruth(folder, images);
    for (const segmentation of STYLES) {
      const target = join(folder, `${segmentation}.json`);
      await writeCoco({ target, head: SAMPLE_HEAD, images, segmentation });
      for (const line of check(python.command, target, folder)) lines.push({ ...line, style: segmentation });
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

for (const { style, check, status, reason } of lines) {
  console.log(`${status.padEnd(8)}${style.padEnd(10)}${check}${reason === '' ? '' : `: ${reason}`}`);
}
const count = (status: CheckLine['status']): number => lines.filter((line) => line.status === status).length;
console.log(`${count('passed')} passed, ${count('failed')} failed, ${count('skipped')} skipped`);
if (count('failed') > 0) process.exitCode = 1;

/** The masks as bytes, made from runs: no code of the COCO writer takes part. */
function writeTruth(folder: string, images: readonly CocoSourceImage[]): void {
  const entries: { id: number; height: number; width: number; offset: number }[] = [];
  const parts: Uint8Array[] = [];
  let offset = 0;
  for (const { annotations } of images) {
    for (const { id, mask } of annotations) {
      const bytes = new Uint8Array(mask.widthPx * mask.heightPx);
      forEachRun(mask, (y, x0, x1) => bytes.fill(1, y * mask.widthPx + x0, y * mask.widthPx + x1));
      entries.push({ id, height: mask.heightPx, width: mask.widthPx, offset });
      parts.push(bytes);
      offset += bytes.length;
    }
  }
  writeFileSync(join(folder, 'truth.json'), JSON.stringify(entries));
  writeFileSync(join(folder, 'truth.bin'), Buffer.concat(parts));
}

function check(command: string, target: string, folder: string): CheckLine[] {
  const script = join(import.meta.dirname, 'check_coco.py');
  const args = [script, target, join(folder, 'images'), '--truth', folder, '--make-images'];
  const result = spawnSync(command, args, { encoding: 'utf8', env: { ...process.env, PYTHONUTF8: '1' } });
  const found = result.stdout
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line) as CheckLine);
  const failed = found.some((line) => line.status === 'failed');
  if (found.length > 0 && (result.status === 0 || failed)) return found;
  return [...found, { check: 'python', status: 'failed', reason: result.stderr.trim() }];
}
