// JSON text that ought to be an object. Files of a checkpoint are foreign: broken text is an answer, not a crash.

export type JsonObject = Readonly<Record<string, unknown>>;

/** The parsed object, or null when the text is not JSON or not an object. */
export function parseJsonObject(text: string): JsonObject | null {
  try {
    const json: unknown = JSON.parse(text);
    return isJsonObject(json) ? json : null;
  } catch {
    return null;
  }
}

export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
