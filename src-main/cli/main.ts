#!/usr/bin/env node
// Entry of `clearlabel`: one sub-command per file, exit codes 0 done, 1 some images failed, 2 wrong usage.

import { Command, CommanderError } from 'commander';
import { AppError, errorBodyOf, type ErrorCode } from '#shared/errors.ts';
import { programVersion } from '../services/resources.ts';
import { addEvaluateCommand } from './evaluate.ts';
import { addExportCommand } from './export.ts';
import { addImportCommand } from './import.ts';
import { addModelCommand } from './model.ts';
import { addPrelabelCommand } from './prelabel.ts';
import { addServeCommand } from './serve.ts';
import { EXIT } from './terminal.ts';

/** Problems that another command line would not have. */
const USAGE_CODES: ReadonlySet<ErrorCode> = new Set([
  'request/invalid',
  'request/forbidden',
  'request/not-found',
  'vocabulary/invalid',
  'project/folder-missing',
  'model/not-found',
]);

export function createProgram(): Command {
  const program = new Command('clearlabel')
    .description('Pre-labels folders of images with CLIP, offline, and exports exact COCO masks.')
    .version(programVersion(), '-V, --version')
    .showHelpAfterError('(add --help for the options)')
    .exitOverride();
  addPrelabelCommand(program);
  addExportCommand(program);
  addImportCommand(program);
  addEvaluateCommand(program);
  addModelCommand(program);
  addServeCommand(program);
  return withVersionEverywhere(program);
}

/** Runs one command line and answers its exit code. */
export async function run(args: readonly string[]): Promise<number> {
  const codes: number[] = [];
  const program = createProgram();
  program.hook('postAction', (_program, action) => {
    const code = action.getOptionValue('exitCode') as unknown;
    if (typeof code === 'number') codes.push(code);
  });
  try {
    await program.parseAsync([...args], { from: 'user' });
    return codes.at(-1) ?? EXIT.done;
  } catch (error) {
    return explain(error);
  }
}

function explain(error: unknown): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.done : EXIT.usage;
  const { code, message, details } = errorBodyOf(error);
  const advice = details['needsStorageFolder'] === true ? ' Say where with --storage DIR.' : '';
  process.stderr.write(`clearlabel: ${message}${advice}\n`);
  if (code === 'job/cancelled') return EXIT.interrupted;
  if (
    !(error instanceof AppError) &&
    error instanceof Error &&
    process.env['CLEARLABEL_DEBUG'] !== undefined
  ) {
    process.stderr.write(`${error.stack ?? ''}\n`);
  }
  return USAGE_CODES.has(code) ? EXIT.usage : EXIT.someFailed;
}

function withVersionEverywhere(program: Command): Command {
  for (const command of program.commands) {
    command.exitOverride().showHelpAfterError('(add --help for the options)');
    if (command.options.every((option) => option.long !== '--version')) {
      command.version(programVersion(), '-V, --version');
    }
    withVersionEverywhere(command);
  }
  return program;
}

if (import.meta.main) process.exitCode = await run(process.argv.slice(2));
