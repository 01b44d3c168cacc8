// Scores methods on pictures whose truth is known, with the paper's rules: argmax over all classes, pixels below the
// threshold count as class 0, mIoU over the whole set. Works without a project; features live in a temporary folder.

import { existsSync } from 'node:fs';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, parse } from 'node:path';
import type { ProjectSettings } from '#shared/contract/wire.ts';
import { AppError, errorBodyOf } from '#shared/errors.ts';
import { decodeTile } from '#shared/mask/tile-codec.ts';
import { TILE_SIZE } from '#shared/mask/tile-mask.ts';
import { writeFeatureFile } from '../inference/segment/feature-file.ts';
import type { MethodName, QueryClass, SegmentResult, WindowRule } from '../workers/messages.ts';
import type { Application } from './application.ts';
import { Confusion, type MethodScore } from './confusion.ts';
import { concatRows, encodeWords, LOGIT_SCALE, RESIZE_RULE, windowRule } from './query.ts';
import { isImageName } from './scan.ts';

export interface EvaluationOptions {
  /** Holds images/, labels/ (8-bit PNG of the same stem, 255 = ignored) and classes.txt. */
  scenesFolder: string;
  methods: MethodName[];
  protocol: ProjectSettings['protocol'];
  /** Sizes that differ from the paper's usual ones (Cityscapes: crop and stride 224). */
  shortSidePx?: number;
  cropPx?: number;
  stridePx?: number;
  threshold: number;
  limit: number | null;
  signal: AbortSignal;
  onProgress: (text: string) => void;
}

export interface EvaluationReport {
  model: string;
  protocol: ProjectSettings['protocol'];
  threshold: number;
  images: number;
  classes: string[];
  methods: ({ method: MethodName } & MethodScore)[];
  failures: { path: string; message: string }[];
}

interface SceneQuery {
  names: string[];
  classes: QueryClass[];
  textFeatures: Float32Array;
}

/** @throws AppError `project/folder-missing`, `vocabulary/invalid`, `model/*` */
export async function evaluate(
  application: Application,
  options: EvaluationOptions,
): Promise<EvaluationReport> {
  const images = await listScenes(options);
  const query = await readQuery(application, options);
  const { model } = await application.models.openImageTower();
  const scores = new Map(options.methods.map((method) => [method, new Confusion(query.names.length)]));
  const report: EvaluationReport = {
    model: model.name,
    protocol: options.protocol,
    threshold: options.threshold,
    images: 0,
    classes: query.names,
    methods: [],
    failures: [],
  };
  const scratch = await mkdtemp(join(tmpdir(), 'clearlabel-evaluate-'));
  try {
    for (const [index, name] of images.entries()) {
      options.signal.throwIfAborted();
      options.onProgress(`${index + 1}/${images.length} ${name}`);
      try {
        await scoreImage(application, options, query, name, scratch, scores);
        report.images += 1;
      } catch (error) {
        if (!(error instanceof AppError) || !error.code.startsWith('image/')) throw error;
        report.failures.push({ path: name, message: errorBodyOf(error).message });
      }
    }
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
  report.methods = [...scores].map(([method, confusion]) => ({ method, ...confusion.score() }));
  return report;
}

async function listScenes({ scenesFolder, limit }: EvaluationOptions): Promise<string[]> {
  const folder = join(scenesFolder, 'images');
  const entries = await readdir(folder).catch((cause: unknown) => {
    throw new AppError('project/folder-missing', `There is no folder ${folder}.`, { cause });
  });
  const names = entries.filter(isImageName).sort();
  if (names.length === 0) throw new AppError('project/folder-missing', `There are no images in ${folder}.`);
  return limit === null ? names : names.slice(0, limit);
}

/** classes.txt as ClearCLIP reads it: a class a line, synonyms between commas, the line number is the label. */
async function readQuery(application: Application, options: EvaluationOptions): Promise<SceneQuery> {
  const file = join(options.scenesFolder, 'classes.txt');
  const text = await readFile(file, 'utf8').catch((cause: unknown) => {
    throw new AppError('vocabulary/invalid', `The class list ${file} cannot be read.`, { cause });
  });
  const lines = text.replace(/\r/g, '').replace(/\n+$/, '').split('\n');
  const words = lines.map((line) => line.split(',').map((word) => word.trim()));
  if (words.flat().includes('')) {
    throw new AppError('vocabulary/invalid', `${file} has an empty line or an empty name.`);
  }
  const { models, workers } = application;
  const vectors = await encodeWords(models, workers.textTower, [...new Set(words.flat())]);
  return {
    names: words.map((synonyms) => synonyms[0] ?? ''),
    classes: words.map((synonyms, label) => ({
      categoryId: label,
      queryCount: synonyms.length,
      threshold: options.threshold,
      // One region per class: together they are the label map.
      kind: 'stuff',
    })),
    textFeatures: concatRows(words.flat().map((word) => vectors.get(word))),
  };
}

async function scoreImage(
  application: Application,
  options: EvaluationOptions,
  query: SceneQuery,
  name: string,
  scratch: string,
  scores: ReadonlyMap<MethodName, Confusion>,
): Promise<void> {
  const { imaging, imageTower, segment } = application.workers;
  const { scenesFolder, signal } = options;
  const labelFile = join(scenesFolder, 'labels', `${parse(name).name}.png`);
  if (!existsSync(labelFile)) throw new AppError('image/missing', `${labelFile} is missing.`);
  const truth = await imaging.decodeLabels({ path: labelFile });
  const image = await imaging.decodeForModel({
    path: join(scenesFolder, 'images', name),
    resize: { ...RESIZE_RULE, shortSidePx: options.shortSidePx ?? RESIZE_RULE.shortSidePx },
  });
  if (truth.widthPx !== image.originalWidthPx || truth.heightPx !== image.originalHeightPx) {
    throw new AppError('image/unsupported', `${labelFile} has another size than its image.`);
  }
  for (const [method, confusion] of scores) {
    const features = await imageTower.encodeImage({ image, method, window: windowsOf(options) }, { signal });
    const featureFile = join(scratch, `${method}.feat`);
    const origin = { modelId: '', method, sourceSizeBytes: 0, sourceModifiedMs: 0 };
    await writeFeatureFile(featureFile, features, origin);
    const { classes, textFeatures } = query;
    const request = { featureFile, classes, textFeatures, logitScale: LOGIT_SCALE, minAreaPx: 0 };
    confusion.add(truth.labels, labelMapOf(await segment.segment(request)));
  }
}

function windowsOf({ protocol, cropPx, stridePx }: EvaluationOptions): WindowRule {
  const usual = windowRule({ protocol });
  return protocol === 'whole'
    ? usual
    : { cropPx: cropPx ?? usual.cropPx, stridePx: stridePx ?? usual.stridePx };
}

/** Labels of all pixels; those that no class claims are below the threshold and become class 0 (methods.md 1.3 (7)). */
export function labelMapOf(result: SegmentResult): Uint16Array {
  const { widthPx, heightPx } = result;
  const labels = new Uint16Array(widthPx * heightPx);
  const across = Math.ceil(widthPx / TILE_SIZE);
  for (const { categoryId, tiles } of result.regions) {
    for (const { tileKey, runs } of tiles) {
      const words = decodeTile(runs);
      const start = Math.floor(tileKey / across) * TILE_SIZE * widthPx + (tileKey % across) * TILE_SIZE;
      for (let index = 0; index < words.length; index++) {
        // Tiles hold rows of eight words of 32 pixels.
        const at = start + (index >> 3) * widthPx + (index & 7) * 32;
        for (let word = words[index] ?? 0; word !== 0; word &= word - 1) {
          labels[at + 31 - Math.clz32(word & -word)] = categoryId;
        }
      }
    }
  }
  return labels;
}
