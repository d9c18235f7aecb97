import type { DecoratedSymbol } from './tree.ts';

/** C functions' decorations: the convention and the bytes of arguments ("Format of a C decorated name", learn.microsoft.com). */
const decorations = [
  { pattern: /^_([^@?]+)@(\d+)$/, convention: '__stdcall' },
  { pattern: /^@([^@?]+)@(\d+)$/, convention: '__fastcall' },
  { pattern: /^([^@?]+)@@(\d+)$/, convention: '__vectorcall' },
];

/** A C function's name, which is printed as it is. */
export function readCName(decorated: string): DecoratedSymbol | undefined {
  for (const { pattern, convention } of decorations) {
    const match = pattern.exec(decorated);
    if (match?.[1] === undefined) continue;
    return { kind: 'cFunction', decorated, name: match[1], convention, argumentBytes: Number(match[2]) };
  }
  return undefined;
}
