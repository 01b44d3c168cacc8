// The tables of CLIP's tokenizer: token ids and merge ranks, from a model folder or from the bundled merge list.

import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { AppError } from '#shared/errors.ts';
import { parseJsonObject } from '../checkpoint/json-object.ts';
import { vocabularyByteOrder } from './byte-alphabet.ts';

export const START_OF_TEXT = '<|startoftext|>';
export const END_OF_TEXT = '<|endoftext|>';
/** Marks the last symbol of a word. */
export const WORD_END = '</w>';

/** OpenAI's vocabulary, which nearly every published CLIP shares. */
const STANDARD_VOCABULARY_SIZE = 49408;
const STANDARD_MERGE_COUNT = 48894;
const BUNDLED_MERGES = join('models', 'clip-bpe', 'merges.txt');

export interface BpeVocabulary {
  readonly tokenIds: ReadonlyMap<string, number>;
  /** Rank of a pair, key `left right`; the lowest merges first. */
  readonly mergeRanks: ReadonlyMap<string, number>;
  readonly startId: number;
  readonly endId: number;
}

/**
 * Reads `vocab.json` and `merges.txt` of a model folder; where they are missing and the vocabulary has OpenAI's
 * size, the bundled merge list serves.
 * @throws AppError 'model/missing-file' or 'model/damaged'.
 */
export async function loadVocabulary(folder: string, vocabularySize: number): Promise<BpeVocabulary> {
  const vocabText = await readFile(join(folder, 'vocab.json'), 'utf8').catch(() => null);
  const mergesText = await readFile(join(folder, 'merges.txt'), 'utf8').catch(() => null);
  if (vocabText !== null && mergesText !== null) {
    return checkVocabulary(vocabularyFromFiles(vocabText, mergesText), vocabularySize);
  }
  if (vocabularySize !== STANDARD_VOCABULARY_SIZE) {
    throw new AppError(
      'model/missing-file',
      `The model folder lacks vocab.json or merges.txt, and its vocabulary of ${vocabularySize} tokens is not ` +
        "OpenAI's. Copy both files from where the checkpoint was published.",
      { details: { folder, vocabularySize } },
    );
  }
  return standardVocabulary(await readFile(bundledMergesPath(), 'utf8'));
}

/** Builds OpenAI's vocabulary from its merge list (a header line, then one pair a line). */
export function standardVocabulary(mergesText: string): BpeVocabulary {
  const merges = mergeLines(mergesText).slice(0, STANDARD_MERGE_COUNT);
  const bytes = vocabularyByteOrder();
  const symbols = [
    ...bytes,
    ...bytes.map((symbol) => symbol + WORD_END),
    ...merges.map((pair) => pair.replace(' ', '')),
    START_OF_TEXT,
    END_OF_TEXT,
  ];
  const tokenIds = new Map(symbols.map((symbol, id) => [symbol, id]));
  return withSpecials(tokenIds, rankMerges(merges));
}

function vocabularyFromFiles(vocabText: string, mergesText: string): BpeVocabulary {
  const json = parseJsonObject(vocabText);
  if (json === null) throw damaged('it is not valid JSON');
  const entries = Object.entries(json).filter((entry): entry is [string, number] =>
    Number.isInteger(entry[1]),
  );
  return withSpecials(new Map(entries), rankMerges(mergeLines(mergesText)));
}

function withSpecials(
  tokenIds: ReadonlyMap<string, number>,
  mergeRanks: ReadonlyMap<string, number>,
): BpeVocabulary {
  const startId = tokenIds.get(START_OF_TEXT);
  const endId = tokenIds.get(END_OF_TEXT);
  if (startId === undefined || endId === undefined) {
    throw damaged(`it lacks ${START_OF_TEXT} or ${END_OF_TEXT}`);
  }
  return { tokenIds, mergeRanks, startId, endId };
}

function checkVocabulary(vocabulary: BpeVocabulary, vocabularySize: number): BpeVocabulary {
  for (const [symbol, id] of vocabulary.tokenIds) {
    if (id >= 0 && id < vocabularySize) continue;
    throw damaged(`"${symbol}" has the id ${id}, but the model knows ${vocabularySize} tokens`);
  }
  return vocabulary;
}

/** Pairs `left right` without the `#version` header and blank lines. */
function mergeLines(text: string): string[] {
  const lines = text.split(/\r?\n/u);
  const first = lines[0]?.startsWith('#version') === true ? 1 : 0;
  return lines.slice(first).filter((line) => /^\S+ \S+$/u.test(line));
}

function rankMerges(merges: readonly string[]): Map<string, number> {
  return new Map(merges.map((pair, rank) => [pair, rank]));
}

/** The list lies beside the program, whether that is the source tree or a bundle. */
function bundledMergesPath(): string {
  let folder = import.meta.dirname;
  while (!existsSync(join(folder, BUNDLED_MERGES))) {
    const parent = dirname(folder);
    if (parent === folder) {
      throw new AppError(
        'model/missing-file',
        `ClearLabel's own ${BUNDLED_MERGES} is missing. Install the program again.`,
      );
    }
    folder = parent;
  }
  return join(folder, BUNDLED_MERGES);
}

function damaged(reason: string): AppError {
  return new AppError(
    'model/damaged',
    `The vocab.json of the model does not fit it: ${reason}. Copy the checkpoint's own tokenizer files.`,
    { details: { reason } },
  );
}
