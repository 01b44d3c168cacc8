// Options that several commands share, and the checks on values that come as text.

import { InvalidArgumentError, Option } from 'commander';
import { resolve } from 'node:path';
import { AppError } from '#shared/errors.ts';
import { resolveExistingPart } from '../services/real-path.ts';
import { isInside } from '../services/scan.ts';

export const METHODS = ['clearclip', 'clip', 'maskclip'] as const;

export function jsonOption(): Option {
  return new Option('--json', 'print one JSON document for machines');
}

export function modelOption(): Option {
  return new Option('--model <dir>', 'checkpoint folder (default: the project’s, else the demo model)');
}

export function methodOption(): Option {
  return new Option('--method <name>', 'how dense features are made').choices(METHODS);
}

export function protocolOption(): Option {
  return new Option(
    '--protocol <name>',
    'sliding windows of the paper, or the whole image at once (faster)',
  ).choices(['paper', 'whole']);
}

export function providerOption(): Option {
  return new Option('--provider <name>', 'where the model runs').choices(['auto', 'cpu', 'webgpu']);
}

export function storageOption(): Option {
  return new Option('--storage <dir>', 'another place for .clearlabel/ when the image folder is read-only');
}

export function fractionArgument(text: string): number {
  const value = Number(text);
  if (text.trim() !== '' && value >= 0 && value <= 1) return value;
  throw new InvalidArgumentError('It must be a number from 0 to 1.');
}

export function wholeNumberArgument(text: string): number {
  const value = Number(text);
  if (/^\d+$/.test(text) && Number.isSafeInteger(value)) return value;
  throw new InvalidArgumentError('It must be a whole number.');
}

/**
 * Absolute path of something to write. Only `.clearlabel/` may be written into an image folder.
 * @throws AppError `request/invalid`
 */
export function outputPath(path: string, imageFolder: string): string {
  const absolute = resolve(path);
  const target = resolveExistingPart(absolute);
  const folder = resolveExistingPart(imageFolder);
  if (isInside(folder, target)) {
    throw new AppError(
      'request/invalid',
      `${absolute} lies in the image folder, into which nothing is ever written. Choose a place outside it.`,
    );
  }
  return absolute;
}
