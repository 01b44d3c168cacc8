// `clearlabel prelabel FOLDER`: proposals for every image of a folder, as COCO JSON and as overlay pictures.

import type { Command } from 'commander';
import type { ProjectSettings } from '#shared/contract/wire.ts';
import type { JobWire } from '#shared/contract/wire.ts';
import type { Application } from '../services/application.ts';
import { writeOverlays } from '../services/overlays.ts';
import { parseVocabulary } from '../services/vocabulary-text.ts';
import { setCategories } from '../services/vocabulary.ts';
import {
  fractionArgument,
  jsonOption,
  methodOption,
  modelOption,
  outputPath,
  protocolOption,
  providerOption,
  storageOption,
} from './options.ts';
import { createTerminal, EXIT, type Terminal } from './terminal.ts';
import { withApplication } from './with-application.ts';
import { resolve } from 'node:path';
import { Option } from 'commander';
import { AppError } from '#shared/errors.ts';

interface PrelabelOptions {
  classes?: string;
  out?: string;
  overlays?: string;
  include: 'all' | 'reviewed';
  model?: string;
  method?: ProjectSettings['method'];
  protocol?: ProjectSettings['protocol'];
  provider?: ProjectSettings['provider'];
  threshold?: number;
  storage?: string;
  json?: boolean;
}

export function addPrelabelCommand(program: Command): void {
  program
    .command('prelabel')
    .description('label every image of a folder and write the proposals')
    .argument('<folder>', 'folder of images')
    .option('--classes <list>', 'classes with synonyms, for example "sky, tree=oak|pine, house"')
    .option('--out <file>', 'COCO JSON to write, outside the image folder')
    .option('--overlays <dir>', 'one picture for each image with the masks drawn on it')
    .addOption(
      new Option('--include <which>', 'images that the output holds')
        .choices(['all', 'reviewed'])
        .default('all'),
    )
    .addOption(modelOption())
    .addOption(methodOption())
    .addOption(protocolOption())
    .addOption(providerOption())
    .option(
      '--threshold <fraction>',
      'pixels whose best class is less likely stay unlabelled',
      fractionArgument,
    )
    .addOption(storageOption())
    .addOption(jsonOption())
    .action(async (folder: string, options: PrelabelOptions, command: Command) => {
      command.setOptionValue('exitCode', await prelabelCommand(folder, options));
    });
}

async function prelabelCommand(folder: string, options: PrelabelOptions): Promise<number> {
  const terminal = createTerminal({ json: options.json === true });
  const out = options.out === undefined ? null : outputPath(options.out, folder);
  const overlays = options.overlays === undefined ? null : outputPath(options.overlays, folder);
  // A wrong list must not leave a new project behind.
  if (options.classes !== undefined) parseVocabulary(options.classes);
  return withApplication(async ({ application, signal }) => {
    await application.openProject({ folder: resolve(folder), storageFolder: storageOf(options) });
    configure(application, options, terminal);
    const job = await runBatch(application, terminal, signal);
    const report = out === null ? null : await exportTo(application, out, options.include, signal);
    const pictures =
      overlays === null ? null : await writeOverlays(application.labellingContext(), overlays, { signal });
    const failures = [
      ...job.failures,
      ...(pictures?.failures ?? []).filter((one) => !isListed(job, one.path)),
    ];
    for (const failure of failures) terminal.note(`${failure.path}: ${failure.message}`);
    terminal.result(summary(job, failures.length, report, pictures?.written ?? null), {
      images: job.total,
      failed: failures.map(({ path, message }) => ({ path, message })),
      export: report,
      overlays: pictures?.written ?? null,
    });
    return failures.length > 0 ? EXIT.someFailed : EXIT.done;
  });
}

function storageOf(options: PrelabelOptions): string | null {
  return options.storage === undefined ? null : resolve(options.storage);
}

function configure(application: Application, options: PrelabelOptions, terminal: Terminal): void {
  const { store } = application.project();
  if (options.classes !== undefined) {
    const { issues } = setCategories(store, options.classes);
    for (const issue of issues) terminal.note(issue.message);
  }
  if (store.categories.list().length === 0) {
    throw new AppError('vocabulary/invalid', 'Say which classes to look for: --classes "sky, tree, house".');
  }
  if (options.threshold !== undefined) {
    for (const { id } of store.categories.list())
      store.categories.update(id, { threshold: options.threshold });
  }
  application.changeSettings({
    method: options.method,
    protocol: options.protocol,
    provider: options.provider,
    modelFolder: options.model === undefined ? undefined : resolve(options.model),
  });
}

async function runBatch(application: Application, terminal: Terminal, signal: AbortSignal): Promise<JobWire> {
  const { jobs } = application;
  const { id } = application.startPrelabel({ imageIds: null });
  signal.addEventListener('abort', () => jobs.cancel(id), { once: true });
  const unsubscribe = application.events.subscribe((event) => {
    if (event.type === 'job' && event.job.id === id) terminal.progress(event.job);
  });
  const job = await jobs.finished(id);
  unsubscribe();
  terminal.endProgress();
  if (job.state === 'failed') throw new AppError('process/exited', job.message);
  signal.throwIfAborted();
  return job;
}

function exportTo(
  application: Application,
  target: string,
  include: 'all' | 'reviewed',
  signal: AbortSignal,
) {
  return application.exportCoco(
    {
      segmentation: 'rle',
      include,
      includeProposals: true,
      orientation: 'upright',
      firstCategoryId: 1,
      target,
    },
    signal,
  );
}

function isListed(job: JobWire, path: string): boolean {
  return job.failures.some((failure) => failure.path === path);
}

function summary(
  job: JobWire,
  failed: number,
  report: Awaited<ReturnType<typeof exportTo>> | null,
  overlays: number | null,
): string {
  const lines = [`${job.total - failed} of ${job.total} images labelled`];
  if (report !== null) {
    lines.push(`${report.path}: ${report.annotations} masks of ${report.images} images`);
    lines.push(`${report.exact} of ${report.checked} masks exact after reading the file back`);
    lines.push(...report.warnings);
  }
  if (overlays !== null) lines.push(`${overlays} overlay pictures written`);
  return lines.join('\n');
}
