// GPT-2's printable alphabet for bytes, which CLIP's merge list is written in.

/** Inclusive ranges of bytes that stand for themselves, in vocabulary order. */
const PRINTABLE_RANGES: readonly (readonly [number, number])[] = [
  [33, 126],
  [161, 172],
  [174, 255],
];

/** One character for each byte 0..255, indexed by the byte. */
export const BYTE_CHARACTERS: readonly string[] = byteCharacters();

/** The 256 characters in the order of the vocabulary's first entries. */
export function vocabularyByteOrder(): string[] {
  const printable = printableBytes();
  const rest = Array.from({ length: 256 }, (_, byte) => byte).filter((byte) => !printable.includes(byte));
  return [...printable, ...rest].map((byte) => BYTE_CHARACTERS[byte] ?? '');
}

function byteCharacters(): string[] {
  const printable = new Set(printableBytes());
  let next = 256;
  return Array.from({ length: 256 }, (_, byte) => String.fromCodePoint(printable.has(byte) ? byte : next++));
}

function printableBytes(): number[] {
  return PRINTABLE_RANGES.flatMap(([first, last]) =>
    Array.from({ length: last - first + 1 }, (_, offset) => first + offset),
  );
}
