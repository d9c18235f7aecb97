export type JsonObject = Readonly<Record<string, unknown>>;

const decoder = new TextDecoder();

export const isObject = (value: unknown): value is JsonObject => typeof value === 'object' && value !== null && !Array.isArray(value);

export const objectOf = (value: unknown): JsonObject => (isObject(value) ? value : {});

export const textOf = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined);

/** Comments and commas before a closing bracket, which the hosts of .NET accept, are taken out of what is not a string. */
const strict = (text: string): string =>
  text
    .replace(/("(?:[^"\\]|\\.)*")|\/\/[^\n]*|\/\*[\s\S]*?\*\//g, (_, literal: string | undefined) => literal ?? ' ')
    .replace(/("(?:[^"\\]|\\.)*")|,(\s*[}\]])/g, (_, literal: string | undefined, rest: string | undefined) => literal ?? rest ?? '');

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
