// `clearlabel model import|list|check`: the checkpoints of this user.

import type { Command } from 'commander';
import { resolve } from 'node:path';
import type { ModelSummary } from '../workers/messages.ts';
import { jsonOption } from './options.ts';
import { createTerminal } from './terminal.ts';
import { withApplication } from './with-application.ts';

interface ModelOptions {
  json?: boolean;
}

export function addModelCommand(program: Command): void {
  const model = program.command('model').description('checkpoints: import, list, check');
  model
    .command('import')
    .description('check a checkpoint folder and add it to the list')
    .argument('<dir>', 'folder with config.json and model.safetensors')
    .addOption(jsonOption())
    .action((folder: string, options: ModelOptions) => importModel(folder, options));
  model
    .command('list')
    .description('list the models that can be used')
    .addOption(jsonOption())
    .action((options: ModelOptions) => listModels(options));
  model
    .command('check')
    .description('read every tensor of a checkpoint folder without importing it')
    .argument('<dir>', 'folder with config.json and model.safetensors')
    .addOption(jsonOption())
    .action((folder: string, options: ModelOptions) => checkModel(folder, options));
}

function importModel(folder: string, options: ModelOptions): Promise<void> {
  return withApplication(async ({ application }) => {
    const model = await application.models.import(resolve(folder));
    createTerminal({ json: options.json === true }).result(`Imported ${describe(model)}`, model);
  });
}

function listModels(options: ModelOptions): Promise<void> {
  return withApplication(async ({ application }) => {
    const models = await application.models.list();
    const text = models.length === 0 ? 'No models.' : models.map(describe).join('\n');
    createTerminal({ json: options.json === true }).result(text, models);
  });
}

function checkModel(folder: string, options: ModelOptions): Promise<void> {
  return withApplication(async ({ application }) => {
    const model = await application.models.check(resolve(folder));
    createTerminal({ json: options.json === true }).result(`Fine: ${describe(model)}`, model);
  });
}

function describe(model: ModelSummary): string {
  const size = `${model.imageBlocks} blocks of width ${model.imageWidth}, patch ${model.patchPx}`;
  return `${model.name}${model.isDemo ? ' (demo)' : ''}: ${size}, ${model.dtype}, ${model.activation}, ${model.folder}`;
}
