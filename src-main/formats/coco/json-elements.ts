// Cuts one large JSON object into the elements of its top-level lists, from byte chunks, without ever holding more
// than one element. Checks the structure around elements only; each element's own text is JSON.parse's business.

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COMMA = 0x2c;
const COLON = 0x3a;
const OPEN_LIST = 0x5b;
const CLOSE_LIST = 0x5d;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;

const MAX_DEPTH = 100;
const MAX_ELEMENT_BYTES = 1 << 28;

/** One element of a top-level list, or (index null) the whole value of a top-level key that is not a list. */
export interface JsonElement {
  key: string;
  index: number | null;
  /** Null with a `problem` when the element was too deep or too long to keep. */
  text: string | null;
  problem: string | null;
}

type Expected =
  | 'object'
  | 'key or end'
  | 'key'
  | 'colon'
  | 'value'
  | 'comma or end'
  | 'element or end'
  | 'element'
  | 'comma or list end'
  | 'nothing';

/** Feed it with `push`, then call `end`. Keys for which `wants` is false are walked over without being kept. */
export class JsonElementSplitter {
  readonly #wants: (key: string) => boolean;
  #expected: Expected = 'object';
  #key = '';
  #index: number | null = null;
  #elements: JsonElement[] = [];
  #offset = 0;
  /** Why reading stopped: a clause that says where. Everything before it was delivered. */
  problem: string | null = null;
  /** Top-level keys met so far. */
  readonly keys = new Set<string>();

  // The value that is being walked over.
  #isInValue = false;
  #isInString = false;
  #isEscaped = false;
  #isScalar = false;
  #depth = 0;
  #maxDepth = 0;
  #kept: Uint8Array[] = [];
  #keptBytes = 0;

  constructor(wants: (key: string) => boolean) {
    this.#wants = wants;
  }

  /** Elements that were completed by this chunk. */
  push(chunk: Uint8Array): JsonElement[] {
    let at = 0;
    if (this.#offset === 0 && chunk[0] === 0xef && chunk[1] === 0xbb && chunk[2] === 0xbf) at = 3;
    while (at < chunk.length && this.problem === null) {
      at = this.#isInValue ? this.#walkValue(chunk, at) : this.#step(chunk, at);
    }
    this.#offset += chunk.length;
    const elements = this.#elements;
    this.#elements = [];
    return elements;
  }

  end(): void {
    if (this.problem !== null || this.#expected === 'nothing') return;
    if (this.#expected === 'object') this.problem = 'there is nothing in it';
    else this.problem = this.#key === '' ? 'it ends too early' : `it ends in the middle of "${this.#key}"`;
  }

  #step(chunk: Uint8Array, at: number): number {
    const byte = chunk[at]!;
    if (byte === 0x20 || (byte >= 0x09 && byte <= 0x0d)) return at + 1;
    const expected = this.#expected;
    if (expected === 'value' && byte === OPEN_LIST) {
      this.#index = 0;
      this.#expected = 'element or end';
      return at + 1;
    }
    const startsKey = (expected === 'key' || expected === 'key or end') && byte === QUOTE;
    const isEnd = byte === CLOSE_LIST || byte === CLOSE_OBJECT || byte === COMMA || byte === COLON;
    const startsValue = expected === 'value' || expected === 'element' || expected === 'element or end';
    if (startsKey || (startsValue && !isEnd)) {
      this.#beginValue(byte);
      return at;
    }
    const next = afterPunctuation(expected, byte);
    if (next === null) {
      this.problem = `at byte ${this.#offset + at} something else stands where ${wording(expected)} belongs`;
      return at;
    }
    this.#expected = next;
    return at + 1;
  }

  #beginValue(byte: number): void {
    this.#isInValue = true;
    this.#isInString = false;
    this.#isEscaped = false;
    this.#isScalar = byte !== QUOTE && byte !== OPEN_LIST && byte !== OPEN_OBJECT;
    this.#depth = 0;
    this.#maxDepth = 0;
    this.#kept = [];
    this.#keptBytes = 0;
  }

  /** Walks to the end of the value or of the chunk; returns where it stopped. */
  #walkValue(chunk: Uint8Array, from: number): number {
    let at = from;
    for (; at < chunk.length; at++) {
      const byte = chunk[at]!;
      if (this.#isInString) {
        if (this.#isEscaped) this.#isEscaped = false;
        else if (byte === BACKSLASH) this.#isEscaped = true;
        else if (byte === QUOTE) {
          this.#isInString = false;
          if (this.#depth === 0) return this.#finishValue(chunk, from, at + 1);
        }
      } else if (byte === QUOTE) {
        this.#isInString = true;
      } else if (byte === OPEN_LIST || byte === OPEN_OBJECT) {
        this.#depth++;
        if (this.#depth > this.#maxDepth) this.#maxDepth = this.#depth;
      } else if (byte === CLOSE_LIST || byte === CLOSE_OBJECT) {
        if (this.#depth === 0) return this.#finishValue(chunk, from, at);
        if (--this.#depth === 0) return this.#finishValue(chunk, from, at + 1);
      } else if (this.#isScalar && this.#depth === 0 && (byte === COMMA || byte <= 0x20)) {
        return this.#finishValue(chunk, from, at);
      }
    }
    this.#keep(chunk.subarray(from));
    return at;
  }

  #keep(bytes: Uint8Array): void {
    this.#keptBytes += bytes.length;
    // Keys are short; the slow path of a hostile one costs no more than its own bytes.
    const isKey = this.#expected === 'key' || this.#expected === 'key or end';
    if (!isKey && !this.#wants(this.#key)) return;
    if (this.#keptBytes > MAX_ELEMENT_BYTES || this.#maxDepth > MAX_DEPTH) this.#kept = [];
    else this.#kept.push(bytes.slice());
  }

  #finishValue(chunk: Uint8Array, from: number, to: number): number {
    this.#keep(chunk.subarray(from, to));
    this.#isInValue = false;
    if (this.#expected === 'key' || this.#expected === 'key or end') {
      this.#key = this.#text().slice(1, -1);
      this.keys.add(this.#key);
      this.#index = null;
      this.#expected = 'colon';
      return to;
    }
    if (this.#wants(this.#key)) this.#deliver();
    if (this.#index !== null) this.#index++;
    this.#expected = this.#index === null ? 'comma or end' : 'comma or list end';
    return to;
  }

  #deliver(): void {
    let problem: string | null = null;
    if (this.#maxDepth > MAX_DEPTH) problem = `it is nested more than ${MAX_DEPTH} levels deep`;
    else if (this.#keptBytes > MAX_ELEMENT_BYTES) problem = `it is longer than ${MAX_ELEMENT_BYTES} bytes`;
    const text = problem === null ? this.#text() : null;
    this.#elements.push({ key: this.#key, index: this.#index, text, problem });
    this.#kept = [];
  }

  #text(): string {
    const bytes = this.#kept.length === 1 ? this.#kept[0]! : Buffer.concat(this.#kept);
    return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8');
  }
}

function afterPunctuation(expected: Expected, byte: number): Expected | null {
  if (expected === 'object' && byte === OPEN_OBJECT) return 'key or end';
  if (expected === 'colon' && byte === COLON) return 'value';
  if (expected === 'comma or end' && byte === COMMA) return 'key';
  if ((expected === 'comma or end' || expected === 'key or end') && byte === CLOSE_OBJECT) return 'nothing';
  if (expected === 'comma or list end' && byte === COMMA) return 'element';
  const endsList = expected === 'comma or list end' || expected === 'element or end';
  return endsList && byte === CLOSE_LIST ? 'comma or end' : null;
}

function wording(expected: Expected): string {
  const words: Record<Expected, string> = {
    object: 'the object of the file',
    'key or end': 'a key',
    key: 'a key',
    colon: 'a colon',
    value: 'a value',
    'comma or end': 'a comma',
    'element or end': 'an element of a list',
    element: 'an element of a list',
    'comma or list end': 'a comma',
    nothing: 'the end of the file',
  };
  return words[expected];
}
