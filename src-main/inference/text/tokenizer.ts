// CLIP's byte-pair tokenizer (openai/CLIP simple_tokenizer): text in, token ids out. Knows no model.

import { BYTE_CHARACTERS } from './byte-alphabet.ts';
import { WORD_END, type BpeVocabulary } from './bpe-vocabulary.ts';
import { unescapeHtml } from './html-unescape.ts';

/** Python's notion of white space, which the authors' cleaning uses; four of its characters are control codes. */
// eslint-disable-next-line no-control-regex
const WHITE_SPACE = /[\t-\r\x1c-\x20\x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]+/gu;

const PIECES = /<\|startoftext\|>|<\|endoftext\|>|'s|'t|'re|'ve|'m|'ll|'d|\p{L}+|\p{N}|[^ \p{L}\p{N}]+/giu;

const utf8 = new TextEncoder();

export class Tokenizer {
  readonly #vocabulary: BpeVocabulary;
  readonly #idsOfPiece = new Map<string, readonly number[]>();

  constructor(vocabulary: BpeVocabulary) {
    this.#vocabulary = vocabulary;
  }

  get endId(): number {
    return this.#vocabulary.endId;
  }

  /**
   * Ids of start, text and end, unpadded. A text with more than `maxLength` ids is cut there and its last id
   * replaced by the end of text.
   */
  encode(text: string, maxLength: number): number[] {
    const { startId, endId } = this.#vocabulary;
    const pieces = cleanText(text).match(PIECES) ?? [];
    const ids = [startId, ...pieces.flatMap((piece) => this.#encodePiece(piece)), endId];
    return ids.length <= maxLength ? ids : [...ids.slice(0, maxLength - 1), endId];
  }

  #encodePiece(piece: string): readonly number[] {
    const known = this.#idsOfPiece.get(piece);
    if (known !== undefined) return known;
    const { tokenIds, mergeRanks } = this.#vocabulary;
    const special = piece.startsWith('<|') ? tokenIds.get(piece) : undefined;
    const symbols = special === undefined ? mergeSymbols(byteSymbols(piece), mergeRanks) : [];
    const ids = special === undefined ? symbols.flatMap((symbol) => this.#symbolIds(symbol)) : [special];
    this.#idsOfPiece.set(piece, ids);
    return ids;
  }

  /** A cut-down vocabulary may lack a merged symbol: then its bytes stand for it. */
  #symbolIds(symbol: string): number[] {
    const { tokenIds, endId } = this.#vocabulary;
    const id = tokenIds.get(symbol);
    if (id !== undefined) return [id];
    const isWordEnd = symbol.endsWith(WORD_END);
    const characters = [...(isWordEnd ? symbol.slice(0, -WORD_END.length) : symbol)];
    return characters.map((character, index) => {
      const isLast = isWordEnd && index === characters.length - 1;
      return tokenIds.get(isLast ? character + WORD_END : character) ?? endId;
    });
  }
}

/**
 * What happens before splitting: canonical composition (in place of ftfy), HTML unescaped twice, white space
 * collapsed, lower case.
 */
export function cleanText(text: string): string {
  const unescaped = unescapeHtml(unescapeHtml(text.normalize('NFC')));
  return unescaped.replace(WHITE_SPACE, ' ').trim().toLowerCase();
}

function byteSymbols(piece: string): string[] {
  const symbols = Array.from(utf8.encode(piece), (byte) => BYTE_CHARACTERS[byte] ?? '');
  symbols.push((symbols.pop() ?? '') + WORD_END);
  return symbols;
}

/** Merges the adjacent pair of lowest rank, all its occurrences at once, until none has a rank. */
function mergeSymbols(
  symbols: readonly string[],
  mergeRanks: ReadonlyMap<string, number>,
): readonly string[] {
  let current = symbols;
  for (;;) {
    const pair = lowestPair(current, mergeRanks);
    if (pair === null) return current;
    current = mergePair(current, pair.left, pair.right);
  }
}

function lowestPair(
  symbols: readonly string[],
  mergeRanks: ReadonlyMap<string, number>,
): { left: string; right: string } | null {
  let lowest = Infinity;
  let best: { left: string; right: string } | null = null;
  for (let index = 0; index + 1 < symbols.length; index++) {
    const left = symbols[index] ?? '';
    const right = symbols[index + 1] ?? '';
    const rank = mergeRanks.get(`${left} ${right}`) ?? Infinity;
    if (rank < lowest) {
      lowest = rank;
      best = { left, right };
    }
  }
  return best;
}

function mergePair(symbols: readonly string[], left: string, right: string): string[] {
  const out: string[] = [];
  for (let index = 0; index < symbols.length; index++) {
    const symbol = symbols[index] ?? '';
    if (symbol === left && symbols[index + 1] === right) {
      out.push(left + right);
      index++;
    } else {
      out.push(symbol);
    }
  }
  return out;
}
