// The compressed form of COCO's counts: pycocotools' string of printable characters. Five data bits and one
// continuation bit a character; from the fourth count on the difference to the count two before, sign-extended.

let scratch = new Uint8Array(1024);
const MAX_CHARACTERS_A_COUNT = 7;
const CHUNK = 4096;

/** As `pycocotools.mask.encode(...)['counts'].decode()`. */
export function compressCounts(counts: ArrayLike<number>): string {
  if (scratch.length < counts.length * MAX_CHARACTERS_A_COUNT) {
    scratch = new Uint8Array(counts.length * MAX_CHARACTERS_A_COUNT * 2);
  }
  let at = 0;
  for (let i = 0; i < counts.length; i++) {
    let value = i > 2 ? counts[i]! - counts[i - 2]! : counts[i]!;
    // Bit operations see 32 bits only; larger values lose their low digits first.
    while (value > 0x7fffffff || value < -0x80000000) {
      const low = ((value % 32) + 32) % 32;
      scratch[at++] = (low | 32) + 48;
      value = (value - low) / 32;
    }
    for (;;) {
      const digit = value & 31;
      value >>= 5;
      if (value === (digit & 16 ? -1 : 0)) {
        scratch[at++] = digit + 48;
        break;
      }
      scratch[at++] = (digit | 32) + 48;
    }
  }
  let text = '';
  for (let i = 0; i < at; i += CHUNK) {
    text += String.fromCharCode.apply(
      null,
      scratch.subarray(i, Math.min(at, i + CHUNK)) as unknown as number[],
    );
  }
  return text;
}

export type CountsResult = { counts: number[]; problem: null } | { counts: null; problem: string };

/**
 * Reads a compressed string. Whatever is wrong comes back as `problem`, a clause that says where: a character that is
 * not allowed, an end in mid-number, a number too large, a negative run. The sum is `countsProblem`'s business.
 */
export function decompressCounts(text: string): CountsResult {
  const counts: number[] = [];
  for (let at = 0; at < text.length;) {
    let value = 0;
    let weight = 1;
    for (let digits = 0; ;) {
      if (at >= text.length) return failed(`its text ends in the middle of run ${counts.length + 1}`);
      const code = text.charCodeAt(at) - 48;
      if (code < 0 || code > 63) return failed(`character ${at + 1} of its text is not allowed`);
      at++;
      value += (code & 31) * weight;
      weight *= 32;
      if (code < 32) {
        if (code & 16) value -= weight;
        break;
      }
      if (++digits === MAX_CHARACTERS_A_COUNT) return failed(`run ${counts.length + 1} is too large`);
    }
    if (counts.length > 2) value += counts[counts.length - 2]!;
    if (value < 0) return failed(`run ${counts.length + 1} is negative (${value})`);
    if (value > 0xffffffff) return failed(`run ${counts.length + 1} is too large`);
    counts.push(value);
  }
  return { counts, problem: null };
}

function failed(problem: string): CountsResult {
  return { counts: null, problem };
}
