// Who may talk to the browser host: token, Host, Origin and the shape of addresses. Pure functions over header
// values, so that every rule can be tested without a socket. Knows nothing of files or of the API.

import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';

export type HeaderValues = Readonly<Record<string, string | string[] | undefined>>;

/** Why a request is refused, or null when it may go on. */
export interface Refusal {
  status: number;
  message: string;
}

/** 32 random bytes, safe in addresses. */
export function createToken(): string {
  return randomBytes(32).toString('base64url');
}

/** Compares without telling by its duration how much was right. */
export function isSameToken(given: string, expected: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(given), digest(expected));
}

/** Cookies are shared by all ports of a host name, so the port is part of the name. */
export function cookieName(port: number): string {
  return `clearlabel_${port}`;
}

/** How the caller proved that it knows the token. */
export function credentialOf(headers: HeaderValues, port: number, token: string): 'cookie' | 'bearer' | null {
  const bearer = /^Bearer (\S+)$/i.exec(single(headers['authorization']) ?? '')?.[1];
  if (bearer !== undefined && isSameToken(bearer, token)) return 'bearer';
  const cookie = readCookie(single(headers['cookie']) ?? '', cookieName(port));
  if (cookie !== null && isSameToken(cookie, token)) return 'cookie';
  return null;
}

/** The Host header must name this very server: a foreign name here is DNS rebinding. */
export function refuseForeignHost(headers: HeaderValues, port: number): Refusal | null {
  const host = (single(headers['host']) ?? '').toLowerCase();
  if (host === `127.0.0.1:${port}` || host === `localhost:${port}`) return null;
  return { status: 403, message: 'This server answers only under 127.0.0.1 and localhost.' };
}

/**
 * Requests that another site's page makes are refused, even when the browser sends the cookie along
 * (localhost with another port counts as the same *site*).
 */
export function refuseForeignOrigin(
  method: string,
  headers: HeaderValues,
  credential: 'cookie' | 'bearer' | null,
): Refusal | null {
  const refusal = { status: 403, message: 'Requests from other pages are not accepted.' };
  const site = single(headers['sec-fetch-site']);
  const origin = single(headers['origin']);
  const isNavigation = single(headers['sec-fetch-mode']) === 'navigate' && method === 'GET';
  if (site !== undefined && site !== 'same-origin' && site !== 'none' && !isNavigation) return refusal;
  if (origin !== undefined && origin !== `http://${(single(headers['host']) ?? '').toLowerCase()}`)
    return refusal;
  const isWrite = method !== 'GET' && method !== 'HEAD';
  const isUnmarked = site === undefined && origin === undefined;
  return isWrite && credential === 'cookie' && isUnmarked ? refusal : null;
}

/**
 * Splits a request target. Null for everything that a well-meant client never sends in a path: absolute form,
 * backslashes, control characters, encoded separators, `..` in any spelling.
 */
export function parseTarget(target: string): { path: string; query: string } | null {
  if (!target.startsWith('/') || target.startsWith('//') || target.length > 8192) return null;
  const cut = target.indexOf('?');
  const rawPath = cut < 0 ? target : target.slice(0, cut);
  const query = cut < 0 ? '' : target.slice(cut + 1);
  if (/%(?:2f|5c|00|25)/i.test(rawPath)) return null;
  const path = decodeOrNull(rawPath);
  if (path === null || hasForbiddenCharacter(path)) return null;
  if (path.split('/').some((part) => part === '..' || part === '.')) return null;
  return { path, query };
}

function hasForbiddenCharacter(path: string): boolean {
  return [...path].some((character) => character === '\\' || (character.codePointAt(0) ?? 0) < 32);
}

function decodeOrNull(text: string): string | null {
  // An invalid escape makes decodeURIComponent throw; the test leaves only valid UTF-8 escapes to it.
  if (/%(?![0-9a-f]{2})/i.test(text)) return null;
  const decoded = new TextDecoder().decode(percentDecode(text));
  return decoded.includes('\ufffd') ? null : decoded;
}

function percentDecode(text: string): Uint8Array {
  const bytes = Buffer.from(text, 'utf8');
  const output: number[] = [];
  for (let i = 0; i < bytes.length; i++) {
    const byte = bytes[i] ?? 0;
    if (byte === 0x25) {
      output.push(Number.parseInt(bytes.toString('latin1', i + 1, i + 3), 16));
      i += 2;
    } else output.push(byte);
  }
  return Uint8Array.from(output);
}

function readCookie(header: string, name: string): string | null {
  for (const part of header.split(';')) {
    const cut = part.indexOf('=');
    if (cut > 0 && part.slice(0, cut).trim() === name) return part.slice(cut + 1).trim();
  }
  return null;
}

function single(value: string | string[] | undefined): string | undefined {
  return Array.isArray(value) ? value[0] : value;
}
