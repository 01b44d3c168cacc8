// `clearlabel evaluate SCENES`: how well methods label pictures whose truth is known.

import { Option, type Command } from 'commander';
import { resolve } from 'node:path';
import type { ProjectSettings } from '#shared/contract/wire.ts';
import { evaluate, type EvaluationReport } from '../services/evaluate.ts';
import {
  fractionArgument,
  jsonOption,
  METHODS,
  modelOption,
  protocolOption,
  providerOption,
  wholeNumberArgument,
} from './options.ts';
import { createTerminal, EXIT } from './terminal.ts';
import { withApplication } from './with-application.ts';

interface EvaluateOptions {
  model?: string;
  method: ProjectSettings['method'][];
  protocol?: ProjectSettings['protocol'];
  provider?: ProjectSettings['provider'];
  threshold?: number;
  shortSide?: number;
  crop?: number;
  stride?: number;
  limit?: number;
  json?: boolean;
}

export function addEvaluateCommand(program: Command): void {
  program
    .command('evaluate')
    .description(
      'mean intersection over union of each method on a folder with images/, labels/ and classes.txt',
    )
    .argument('<scenes>', 'folder of scenes')
    .addOption(modelOption())
    .addOption(
      new Option('--method <names...>', 'methods to compare').choices(METHODS).default(['clearclip', 'clip']),
    )
    .addOption(protocolOption())
    .addOption(providerOption())
    .option(
      '--threshold <fraction>',
      'less likely pixels count as class 0 (the paper’s rule)',
      fractionArgument,
    )
    .option('--short-side <px>', 'shorter side of the model’s input (default: 448)', wholeNumberArgument)
    .option('--crop <px>', 'side of a sliding window (default: 448)', wholeNumberArgument)
    .option('--stride <px>', 'step between windows (default: 224)', wholeNumberArgument)
    .option('--limit <n>', 'only the first n images', wholeNumberArgument)
    .addOption(jsonOption())
    .action(async (scenes: string, options: EvaluateOptions, command: Command) => {
      command.setOptionValue('exitCode', await evaluateCommand(scenes, options));
    });
}

async function evaluateCommand(scenes: string, options: EvaluateOptions): Promise<number> {
  const terminal = createTerminal({ json: options.json === true });
  return withApplication(async ({ application, signal }) => {
    application.models.choose({
      folder: options.model === undefined ? null : resolve(options.model),
      provider: options.provider ?? 'auto',
    });
    const report = await evaluate(application, {
      scenesFolder: resolve(scenes),
      methods: options.method,
      protocol: options.protocol ?? 'paper',
      threshold: options.threshold ?? 0,
      ...(options.shortSide === undefined ? {} : { shortSidePx: options.shortSide }),
      ...(options.crop === undefined ? {} : { cropPx: options.crop }),
      ...(options.stride === undefined ? {} : { stridePx: options.stride }),
      limit: options.limit ?? null,
      signal,
      onProgress: (text) => terminal.progressText(text),
    });
    terminal.endProgress();
    for (const failure of report.failures) terminal.note(`${failure.path}: ${failure.message}`);
    terminal.result(table(report), report);
    return report.failures.length > 0 ? EXIT.someFailed : EXIT.done;
  });
}

function table(report: EvaluationReport): string {
  const header = ['class', ...report.methods.map(({ method }) => method)];
  const percent = (value: number | null): string => (value === null ? '–' : (value * 100).toFixed(1));
  const rows = report.classes.map((name, index) => [
    name,
    ...report.methods.map(({ classIou }) => percent(classIou[index] ?? null)),
  ]);
  rows.push(['mIoU', ...report.methods.map(({ meanIou }) => percent(meanIou))]);
  rows.push(['pixel accuracy', ...report.methods.map(({ pixelAccuracy }) => percent(pixelAccuracy))]);
  const widths = header.map((_cell, column) =>
    Math.max(...[header, ...rows].map((row) => (row[column] ?? '').length)),
  );
  const line = (row: string[]): string =>
    row
      .map((cell, column) =>
        column === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[column] ?? 0),
      )
      .join('  ');
  return [`${report.images} images, ${report.model}`, line(header), ...rows.map(line)].join('\n');
}
