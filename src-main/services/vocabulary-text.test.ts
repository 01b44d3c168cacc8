import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { nameKey, parseVocabulary } from './vocabulary-text.ts';

describe('typed class lists', () => {
  test('commas and lines part classes, = and | give synonyms', () => {
    expect(parseVocabulary(' sky, tree=oak| pine |oak,\n house,, \r\n🚗 car = car')).toEqual({
      classes: [
        { name: 'sky', prompts: [] },
        { name: 'tree', prompts: ['oak', 'pine'] },
        { name: 'house', prompts: [] },
        { name: '🚗 car', prompts: ['car'] },
      ],
      issues: [],
    });
  });

  test('doubles are kept once and named, whatever their case or Unicode form', () => {
    const { classes, issues } = parseVocabulary('café, Sky, CAFE\u0301, sky ,sKY=heaven');
    expect(classes.map((typed) => typed.name)).toEqual(['café', 'Sky']);
    expect(issues.map((issue) => issue.text)).toEqual(['CAFE\u0301', 'sky', 'sKY']);
  });

  test.each([
    ['nothing', ''],
    ['blanks', ' \n\t '],
    ['only commas', ',,, ,\n,'],
    ['a name of 500 characters', 'a'.repeat(500)],
    ['a synonym of 500 characters', `tree=${'b'.repeat(500)}`],
    ['no name before =', 'sky, =oak'],
    ['too many classes', Array.from({ length: 1001 }, (_, index) => `c${index}`).join()],
  ])('refuses %s with a reason', (_case, text) => {
    expect(() => parseVocabulary(text)).toThrow(expect.objectContaining({ code: 'vocabulary/invalid' }));
  });

  test('counts characters, not code units', () => {
    expect(parseVocabulary('🏠'.repeat(100)).classes).toHaveLength(1);
  });

  test('whatever is typed, names come out clean and distinct, or the list is refused', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 200 }), (text) => {
        let names: string[];
        try {
          names = parseVocabulary(text).classes.map((typed) => typed.name);
        } catch (error) {
          expect(error).toMatchObject({ code: 'vocabulary/invalid' });
          return;
        }
        expect(new Set(names.map(nameKey)).size).toBe(names.length);
        expect(names.every((name) => name === name.trim() && name !== '')).toBe(true);
      }),
    );
  });
});
