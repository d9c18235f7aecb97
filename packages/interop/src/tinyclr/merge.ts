import { cTokens } from '../generated/c-tokens.ts';
import type { GeneratedFile } from '../generated/generated-file.ts';

export interface MergedFile extends GeneratedFile {
  /** Stubs that were not in the file and stand at its end now. */
  readonly added: readonly string[];
  /** Functions in the file that the assembly no longer has: left alone, for the user to delete. */
  readonly stale: readonly string[];
}

/** `Struct::Method` of every native that a source defines. */
function definedNatives(source: string, reading: string): readonly string[] {
  const tokens = cTokens(source, reading);
  const names: string[] = [];
  for (let index = 0; index + 4 < tokens.length; index++) {
    const [result, struct, colons, method, open] = tokens.slice(index, index + 5);
    if (result!.text === 'TinyCLR_Result' && colons!.text === '::' && open!.text === '(') names.push(`${struct!.text}::${method!.text}`);
  }
  return names;
}

/**
 * A file of stubs brought up to date: what the user wrote stays as it is, stubs for new natives are added at the end, and what is no longer in the assembly is listed.
 * @throws BadImageError where the existing file is no C++
 */
export function mergeStubs(existing: string, generated: GeneratedFile, stubs: ReadonlyMap<string, string>): MergedFile {
  const there = new Set(definedNatives(existing, generated.path));
  const added = [...stubs.keys()].filter((name) => !there.has(name));
  const separator = existing === '' || existing.endsWith('\n') ? '' : '\n';
  const text = existing + separator + added.map((name) => `\n${stubs.get(name)}`).join('');
  return { path: generated.path, text, added, stale: [...there].filter((name) => !stubs.has(name)) };
}
