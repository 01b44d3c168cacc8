import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { portableDir } from '#root/scripts/testing/fixtures.ts';
import { loadVocabulary } from './bpe-vocabulary.ts';
import { unescapeHtml } from './html-unescape.ts';
import { IMAGENET_TEMPLATES, fillTemplate } from './templates.ts';
import { cleanText, Tokenizer } from './tokenizer.ts';

const vocabulary = await loadVocabulary(join(portableDir, 'checkpoint'), 2014);
const tokenizer = new Tokenizer(vocabulary);

describe('tokenizer', () => {
  it('gives 2 to 77 ids of the vocabulary, start first and end last, for any text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 300 }), (text) => {
        const ids = tokenizer.encode(text, 77);
        expect(ids.length).toBeGreaterThanOrEqual(2);
        expect(ids.length).toBeLessThanOrEqual(77);
        expect(ids[0]).toBe(vocabulary.startId);
        expect(ids.at(-1)).toBe(vocabulary.endId);
        expect(ids.every((id) => Number.isInteger(id) && id >= 0 && id < 2014)).toBe(true);
      }),
    );
  });

  it('does not see blanks, case or composition', () => {
    const ids = tokenizer.encode('café au lait', 77);
    expect(tokenizer.encode('  CAFE\u0301\tau \n LAIT ', 77)).toEqual(ids);
  });

  it('spells a symbol that a cut-down vocabulary lacks with its bytes', () => {
    const tokenIds = new Map([...vocabulary.tokenIds].filter(([symbol]) => symbol !== 'the</w>'));
    const cut = new Tokenizer({ ...vocabulary, tokenIds });
    const letters = ['t', 'h', 'e</w>'].map((symbol) => vocabulary.tokenIds.get(symbol));
    expect(cut.encode('the', 77)).toEqual([vocabulary.startId, ...letters, vocabulary.endId]);
  });

  it('refuses tokenizer files that do not fit the model', async () => {
    await expect(loadVocabulary(join(portableDir, 'checkpoint'), 100)).rejects.toMatchObject({
      code: 'model/damaged',
    });
    await expect(loadVocabulary('/nonexistent', 100)).rejects.toMatchObject({ code: 'model/missing-file' });
  });
});

describe('cleaning', () => {
  it('unescapes twice and keeps unknown references', () => {
    expect(cleanText('Tom &amp;amp; Jerry')).toBe('tom & jerry');
    expect(unescapeHtml('&nosuch; &#0; &#x110000; &euro;5')).toBe('&nosuch; \ufffd \ufffd €5');
  });
});

describe('templates', () => {
  it('are 80 different ones with one gap each', () => {
    expect(new Set(IMAGENET_TEMPLATES).size).toBe(80);
    expect(IMAGENET_TEMPLATES.every((template) => template.split('{}').length === 2)).toBe(true);
  });

  it('take names literally', () => {
    expect(fillTemplate('a {}.', "$& $1 $'")).toBe("a $& $1 $'.");
  });
});
