// Tells the format of a file from its first bytes. The name of the file is never asked: content decides.

export type ImageFormat = 'jpeg' | 'png' | 'webp' | 'avif' | 'heic' | 'tiff' | 'bmp' | 'gif';

/** Number of bytes at the start of a file that `sniffFormat` wants to see. */
export const SNIFF_BYTES = 64;

/** The format, or null when the bytes are none of ours. */
export function sniffFormat(head: Uint8Array): ImageFormat | null {
  if (startsWith(head, [0xff, 0xd8, 0xff])) return 'jpeg';
  if (startsWith(head, [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a])) return 'png';
  const text = asciiOf(head);
  if (text.startsWith('GIF87a') || text.startsWith('GIF89a')) return 'gif';
  if (text.startsWith('RIFF') && text.slice(8, 12) === 'WEBP') return 'webp';
  if (startsWith(head, [0x49, 0x49, 0x2a, 0]) || startsWith(head, [0x4d, 0x4d, 0, 0x2a])) return 'tiff';
  if (startsWith(head, [0x49, 0x49, 0x2b, 0]) || startsWith(head, [0x4d, 0x4d, 0, 0x2b])) return 'tiff';
  if (text.startsWith('BM') && isBmpHeader(head)) return 'bmp';
  return text.slice(4, 8) === 'ftyp' ? sniffIsoBrand(head, text) : null;
}

/** Two letters are weak evidence: the size of the info header must be one that exists. */
function isBmpHeader(head: Uint8Array): boolean {
  return head.length < 18 || [12, 16, 40, 52, 56, 64, 108, 124].includes(head[14] ?? 0);
}

/** ISO containers name their brands in the first box: one main and a list of compatible ones. */
function sniffIsoBrand(head: Uint8Array, text: string): ImageFormat | null {
  const boxBytes = Math.min(new DataView(head.buffer, head.byteOffset).getUint32(0), head.length);
  const brands = [text.slice(8, 12)];
  for (let at = 16; at + 4 <= boxBytes; at += 4) brands.push(text.slice(at, at + 4));
  if (brands.some((brand) => brand === 'avif' || brand === 'avis')) return 'avif';
  const isHeif = brands.some((brand) => /^(hei[cmsx]|hev[cmsx]|mif1|msf1)$/.test(brand));
  return isHeif ? 'heic' : null;
}

/**
 * True when the file surely goes to its end marker; false when it may be cut off and must be decoded to know.
 * Used where the bytes go to the browser undecoded: a browser shows the missing part as grey without a word.
 */
export function hasEndMarker(bytes: Uint8Array, format: ImageFormat): boolean {
  let end = bytes.length;
  while (end > 2 && bytes[end - 1] === 0) end -= 1;
  if (format === 'jpeg') return bytes[end - 2] === 0xff && bytes[end - 1] === 0xd9;
  if (format === 'png') return asciiOf(bytes.subarray(bytes.length - 8, bytes.length - 4)) === 'IEND';
  if (format === 'gif') return bytes[end - 1] === 0x3b;
  if (format === 'webp') {
    return (
      bytes.length >= 12 &&
      new DataView(bytes.buffer, bytes.byteOffset).getUint32(4, true) + 8 <= bytes.length
    );
  }
  return false;
}

function startsWith(bytes: Uint8Array, prefix: readonly number[]): boolean {
  return prefix.every((value, index) => bytes[index] === value);
}

function asciiOf(bytes: Uint8Array): string {
  return String.fromCharCode(...bytes);
}
