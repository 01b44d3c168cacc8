// Token ids against openai/CLIP's own tokenizer.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { describeWithShared, portableDir, sharedFixture } from '#root/scripts/testing/fixtures.ts';
import { loadVocabulary } from './bpe-vocabulary.ts';
import { Tokenizer } from './tokenizer.ts';

const CONTEXT_LENGTH = 77;
const STANDARD_SIZE = 49408;
const PORTABLE_SIZE = 2014;

interface GoldenText {
  text: string;
  ids: number[];
  kind: string;
}

async function expectGoldenIds(folder: string, vocabularySize: number, file: string): Promise<void> {
  const tokenizer = new Tokenizer(await loadVocabulary(folder, vocabularySize));
  const golden = JSON.parse(readFileSync(file, 'utf8')) as GoldenText[];
  const actual = golden.map(({ text, kind }) => ({
    text,
    kind,
    ids: tokenizer.encode(text, CONTEXT_LENGTH),
  }));
  expect(actual).toEqual(golden.map(({ text, kind, ids }) => ({ text, kind, ids })));
}

describe('token ids of the portable vocabulary', () => {
  it('equal all golden texts', async () => {
    const file = join(portableDir, 'text', 'tokens.json');
    await expectGoldenIds(join(portableDir, 'checkpoint'), PORTABLE_SIZE, file);
  });
});

describeWithShared("token ids of OpenAI's vocabulary", () => {
  const golden = () => sharedFixture('text', 'tokens.json') ?? '';

  it.each(['a_hf', 'b_hf'])('equal all golden texts with the files of %s', async (name) => {
    await expectGoldenIds(sharedFixture('checkpoints', name) ?? '', STANDARD_SIZE, golden());
  });

  it('equal all golden texts with the bundled merge list', async () => {
    await expectGoldenIds('/nonexistent', STANDARD_SIZE, golden());
  });
});
