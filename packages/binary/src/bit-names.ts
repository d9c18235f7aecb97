import { hex } from './hexadecimal.ts';

/** The names of the bits that are set in a number of 32 bits, as `A | B`; bits without a name as a number. Empty for 0. */
export function bitNames(flags: number, bits: Readonly<Record<string, number>>): string {
  const names: string[] = [];
  let rest = flags >>> 0;
  for (const [name, bit] of Object.entries(bits)) {
    if (bit === 0 || (flags & bit) >>> 0 !== bit >>> 0) continue;
    names.push(name);
    rest = (rest & ~bit) >>> 0;
  }
  return (rest === 0 ? names : [...names, hex(rest)]).join(' | ');
}
