import { CorFlags } from '@ijw/pe';

/** The names of the bits that are set, as `A | B`; what has no name as a number. */
export function flagNames(value: number, flags: Readonly<Record<string, number>>): string {
  const names: string[] = [];
  let rest = value >>> 0;
  for (const [name, bit] of Object.entries(flags)) {
    if (bit !== 0 && (rest & bit) >>> 0 === bit >>> 0) {
      names.push(name);
      rest = (rest & ~bit) >>> 0;
    }
  }
  if (rest !== 0) names.push(`0x${rest.toString(16)}`);
  return names.join(' | ');
}

export const corFlagNames = (flags: number): string => flagNames(flags, CorFlags);
