export type JsonObject = Readonly<Record<string, unknown>>;

const decoder = new TextDecoder();

export const isObject = (value: unknown): value is JsonObject => typeof value === 'object' && value !== null && !Array.isArray(value);

export const objectOf = (value: unknown): JsonObject => (isObject(value) ? value : {});

export const textOf = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined);

/** Comments and commas before a closing bracket, which the hosts of .NET accept, are taken out of what is not a string. */
function strict(text: string): string {
  let result = '';
  let comma = false;
  for (let at = 0; at < text.length; ) {
    const end = tokenEnd(text, at);
    const token = text.slice(at, end);
    at = end;
    if (token.startsWith('//') || token.startsWith('/*') || token.trim() === '') continue;
    if (comma && token !== '}' && token !== ']') result += ',';
    comma = token === ',';
    if (!comma) result += token;
  }
  return result;
}

/** The end of the string, the comment or the character at an offset. */
function tokenEnd(text: string, start: number): number {
  const found = (end: number, length: number): number => (end < 0 ? text.length : end + length);
  if (text.startsWith('//', start)) return found(text.indexOf('\n', start), 0);
  if (text.startsWith('/*', start)) return found(text.indexOf('*/', start + 2), 2);
  if (text[start] !== '"') return start + 1;
  let end = start + 1;
  while (end < text.length && text[end] !== '"') end += text[end] === '\\' ? 2 : 1;
  return Math.min(end + 1, text.length);
}

/** A JSON object; what is wrong with it, as a sentence, where it is not one. */
export function parseJsonObject(bytes: Uint8Array): JsonObject | string {
  const text = decoder.decode(bytes);
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) ? value : 'it is not a JSON object';
  } catch {
    try {
      const value: unknown = JSON.parse(strict(text));
      return isObject(value) ? value : 'it is not a JSON object';
    } catch (error) {
      return `it is not JSON: ${error instanceof Error ? error.message : String(error)}`;
    }
  }
}
