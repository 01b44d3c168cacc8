// Finds a key that occurs twice in the outermost object of a JSON text. JSON.parse keeps the last one and
// says nothing, which would hide two tensors of the same name. Expects text that JSON.parse accepts.

/** First key of the outermost object that occurs again, or null. */
export function findDuplicateKey(json: string): string | null {
  const seen = new Set<string>();
  let depth = 0;
  let index = 0;
  while (index < json.length) {
    const character = json[index];
    if (character === '{' || character === '[') depth++;
    if (character === '}' || character === ']') depth--;
    if (character !== '"') {
      index++;
      continue;
    }
    const end = stringEnd(json, index);
    if (depth === 1 && isKey(json, end)) {
      const key = JSON.parse(json.slice(index, end)) as string;
      if (seen.has(key)) return key;
      seen.add(key);
    }
    index = end;
  }
  return null;
}

/** Index after the closing quote of the string that opens at `start`. */
function stringEnd(json: string, start: number): number {
  let index = start + 1;
  while (index < json.length && json[index] !== '"') index += json[index] === '\\' ? 2 : 1;
  return index + 1;
}

function isKey(json: string, end: number): boolean {
  let index = end;
  while (' \t\r\n'.includes(json[index] ?? 'x')) index++;
  return json[index] === ':';
}
