import { type CToken, cTokens } from './c-tokens.ts';
import { type GeneratedFile, partsOf, type StubTexts } from './generated-file.ts';

export interface MergedFile extends GeneratedFile {
  /** Stubs that were not in the file and were added at its end. */
  readonly added: readonly string[];
  /** Native methods in the file that the assembly no longer has: left alone, for the user to delete. */
  readonly stale: readonly string[];
}

/** A file that is written as it was made. */
export const unmerged = (file: GeneratedFile): MergedFile => ({
  path: file.path,
  get text() {
    return file.text;
  },
  parts: partsOf(file),
  added: [],
  stale: [],
});

/** `Struct::Method` of a class that a generator named. */
const NATIVE_METHOD = /^(?:Interop|Library)_\w*::/;

/** The names before the parentheses of a source's functions, outside of all braces: those that it defines or declares. */
function functionNames(source: string, reading: string): readonly string[] {
  const tokens = cTokens(source, reading);
  const names: string[] = [];
  let depth = 0;
  tokens.forEach((token, index) => {
    if (token.text === '{') depth++;
    else if (token.text === '}') depth = Math.max(0, depth - 1);
    else if (token.text === '(' && (depth === 0 || isNamespaceBody(tokens, index, depth))) {
      const name = nameBefore(tokens, index);
      if (name !== '') names.push(name);
    }
  });
  return names;
}

/** `HRESULT Struct::Method(` is a definition at any depth; a call would not have a type in front of it. */
const isNamespaceBody = (tokens: readonly CToken[], index: number, depth: number): boolean =>
  depth === 1 && tokens[index - 2]?.text === '::' && tokens[index - 4]?.kind === 'word' && tokens[index - 4]?.text !== 'return';

function nameBefore(tokens: readonly CToken[], index: number): string {
  const method = tokens[index - 1];
  if (method?.kind !== 'word') return '';
  const struct = tokens[index - 2]?.text === '::' ? tokens[index - 3] : undefined;
  return struct?.kind === 'word' ? `${struct.text}::${method.text}` : method.text;
}

/**
 * An updated file of stubs: the user's code is unchanged, stubs for new natives are added at the end, and stubs without a method in the assembly are listed.
 * @throws BadImageError where the existing file is not C++
 */
export function mergeStubs(existing: string, generated: GeneratedFile): MergedFile {
  const stubs: StubTexts = generated.stubs ?? new Map<string, string>();
  const there = new Set(functionNames(existing, generated.path));
  const added = [...stubs.keys()].filter((name) => !there.has(name));
  const separator = existing === '' || existing.endsWith('\n') ? '' : '\n';
  const text = existing + separator + added.map((name) => `\n${stubs.get(name)}`).join('');
  return {
    path: generated.path,
    text,
    added,
    stale: [...there].filter((name) => NATIVE_METHOD.test(name) && stubs.get(name) === undefined),
  };
}
