// `clearlabel import FILE [FOLDER]`: COCO JSON of another tool as regions of a project.

import { Option, type Command } from 'commander';
import { resolve } from 'node:path';
import type { z } from 'zod';
import type { importOptionsSchema } from '#shared/contract/wire.ts';
import { jsonOption, storageOption } from './options.ts';
import { createTerminal, EXIT } from './terminal.ts';
import { withApplication } from './with-application.ts';

interface ImportOptions {
  onConflict: z.infer<typeof importOptionsSchema>['onConflict'];
  dryRun?: boolean;
  storage?: string;
  json?: boolean;
}

const MAX_SHOWN_ISSUES = 20;

export function addImportCommand(program: Command): void {
  program
    .command('import')
    .description('read COCO JSON into a project, as regions')
    .argument('<file>', 'COCO JSON')
    .argument('[folder]', 'folder of images', '.')
    .addOption(
      new Option('--on-conflict <rule>', 'where an image has regions already')
        .choices(['keep-mine', 'add', 'replace-imported'])
        .default('keep-mine'),
    )
    .option('--dry-run', 'only say what would be imported')
    .addOption(storageOption())
    .addOption(jsonOption())
    .action(async (file: string, folder: string, options: ImportOptions, command: Command) => {
      command.setOptionValue('exitCode', await importCommand(file, folder, options));
    });
}

async function importCommand(file: string, folder: string, options: ImportOptions): Promise<number> {
  const terminal = createTerminal({ json: options.json === true });
  return withApplication(async ({ application }) => {
    const storageFolder = options.storage === undefined ? null : resolve(options.storage);
    await application.openProject({ folder: resolve(folder), storageFolder });
    const report = await application.importCoco({
      path: resolve(file),
      uploadId: null,
      apply: options.dryRun !== true,
      onConflict: options.onConflict,
    });
    for (const issue of report.issues.slice(0, MAX_SHOWN_ISSUES))
      terminal.note(`${issue.place}: ${issue.message}`);
    const hidden = report.issueCount - Math.min(report.issues.length, MAX_SHOWN_ISSUES);
    if (hidden > 0) terminal.note(`… and ${hidden} more`);
    const verb = options.dryRun === true ? 'would be imported' : 'imported';
    const text =
      `${report.imported} of ${report.annotations} annotations ${verb} ` +
      `into ${report.matchedImages} of ${report.images} images`;
    terminal.result(text, report);
    return report.issueCount > 0 ? EXIT.someFailed : EXIT.done;
  });
}
