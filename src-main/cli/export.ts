// `clearlabel export [FOLDER]`: the project's masks as COCO JSON.

import { Option, type Command } from 'commander';
import { resolve } from 'node:path';
import type { ExportRequest } from '#shared/contract/wire.ts';
import type { Application } from '../services/application.ts';
import { jsonOption, outputPath, storageOption } from './options.ts';
import { createTerminal, EXIT } from './terminal.ts';
import { withApplication } from './with-application.ts';

interface ExportOptions {
  out: string;
  segmentation: ExportRequest['segmentation'];
  include: ExportRequest['include'];
  proposals?: boolean;
  orientation: ExportRequest['orientation'];
  firstCategoryId: '0' | '1';
  storage?: string;
  json?: boolean;
}

export function addExportCommand(program: Command): void {
  program
    .command('export')
    .description('write the regions of a project as COCO JSON')
    .argument('[folder]', 'folder of images', '.')
    .requiredOption('--out <file>', 'COCO JSON to write, outside the image folder')
    .addOption(
      new Option('--segmentation <form>', 'compressed RLE, list RLE or exact polygons')
        .choices(['rle', 'rle-list', 'polygon'])
        .default('rle'),
    )
    .addOption(
      new Option('--include <which>', 'images that the file holds')
        .choices(['reviewed', 'all'])
        .default('reviewed'),
    )
    .option('--proposals', 'write proposals that nobody accepted too')
    .addOption(
      new Option('--orientation <which>', 'as seen (EXIF applied) or as stored in the file')
        .choices(['upright', 'stored'])
        .default('upright'),
    )
    .addOption(
      new Option('--first-category-id <n>', 'number of the first class').choices(['0', '1']).default('1'),
    )
    .addOption(storageOption())
    .addOption(jsonOption())
    .action(async (folder: string, options: ExportOptions, command: Command) => {
      command.setOptionValue('exitCode', await exportCommand(folder, options));
    });
}

async function exportCommand(folder: string, options: ExportOptions): Promise<number> {
  const terminal = createTerminal({ json: options.json === true });
  const target = outputPath(options.out, folder);
  return withApplication(async ({ application, signal }) => {
    const storageFolder = options.storage === undefined ? null : resolve(options.storage);
    await application.openProject({ folder: resolve(folder), storageFolder });
    const report = await application.exportCoco(
      {
        segmentation: options.segmentation,
        include: options.include,
        includeProposals: options.proposals === true,
        orientation: options.orientation,
        firstCategoryId: options.firstCategoryId === '0' ? 0 : 1,
        target,
      },
      signal,
    );
    for (const warning of report.warnings) terminal.note(warning);
    for (const { imagePath, message } of report.mismatches) terminal.note(`${imagePath}: ${message}`);
    const text =
      `${report.path}: ${report.annotations} masks of ${report.images} images\n` +
      `${report.exact} of ${report.checked} masks exact after reading the file back`;
    terminal.result(text, report);
    const isComplete = report.mismatches.length === 0 && !hasDamagedImages(application, options.include);
    return isComplete ? EXIT.done : EXIT.someFailed;
  });
}

/** True when an image that was asked for could not be read and so is not in the file. */
function hasDamagedImages(application: Application, include: ExportOptions['include']): boolean {
  const { images } = application.project().store;
  return images
    .ids()
    .map((id) => images.require(id))
    .filter(({ state }) => include === 'all' || state === 'done' || state === 'done-empty')
    .some(({ problem, isMissing }) => problem !== null && !isMissing);
}
