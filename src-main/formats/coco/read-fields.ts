// Single fields of a foreign JSON object: what is usable comes back, what is odd becomes an issue.

import type { IssueList } from './issues.ts';

export type JsonObject = Record<string, unknown>;

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

// NaN and Infinity, which Python writes and JSON does not know; strings are matched first so as to pass over them.
const FOREIGN_NUMBERS = /"(?:[^"\\]|\\.)*"|-?\bInfinity\b|\bNaN\b/gs;

/** Parses the text of one element; undefined (with an issue) when it is not JSON. */
export function parseElement(place: string, text: string, issues: IssueList): unknown {
  const parsed = parseOrUndefined(text);
  if (parsed !== undefined) return parsed;
  const cleaned = text.replace(FOREIGN_NUMBERS, (match) => (match.startsWith('"') ? match : 'null'));
  const repaired = cleaned === text ? undefined : parseOrUndefined(cleaned);
  if (repaired === undefined) {
    issues.add(place, 'is not valid JSON: skipped');
    return undefined;
  }
  issues.add(place, 'holds NaN or Infinity, which are not JSON: read as missing');
  return repaired;
}

function parseOrUndefined(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** A whole number ≥ 0; one in quotes is converted with an issue. Null when there is none. */
export function readId(place: string, name: string, value: unknown, issues: IssueList): number | null {
  if (typeof value === 'number' && Number.isSafeInteger(value) && value >= 0) return value;
  if (typeof value === 'string' && /^\d{1,15}$/.test(value)) {
    issues.add(place, `${name} is text ("${value}"): read as a number`);
    return Number(value);
  }
  return null;
}

/** The value as a short text for messages. */
export function shown(value: unknown): string {
  const text = value === undefined ? 'nothing' : JSON.stringify(value);
  return text.length > 60 ? `${text.slice(0, 57)}…` : text;
}

/** The object without the keys that were understood. */
export function otherKeys(object: JsonObject, known: ReadonlySet<string>): JsonObject {
  return Object.fromEntries(Object.entries(object).filter(([key]) => !known.has(key)));
}
