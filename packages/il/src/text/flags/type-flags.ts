/** ECMA-335 II.23.1.15: visibility is one of eight values; the rest are bits or small fields. */
const VISIBILITY = [
  'private',
  'public',
  'nested public',
  'nested private',
  'nested family',
  'nested assembly',
  'nested famandassem',
  'nested famorassem',
];
const LAYOUT = ['auto', 'sequential', 'explicit'];
const STRING_FORMAT = ['ansi', 'unicode', 'autochar'];

const BITS: readonly (readonly [number, string])[] = [
  [0x20, 'interface'],
  [0x80, 'abstract'],
  [0x100, 'sealed'],
  [0x400, 'specialname'],
  [0x800, 'rtspecialname'],
  [0x1000, 'import'],
  [0x2000, 'serializable'],
  [0x4000, 'windowsruntime'],
  [0x100000, 'beforefieldinit'],
];

/** Bits that no keyword sets: ilasm sets HasSecurity by itself. */
const KNOWN = 0x07 | 0x18 | 0x30000 | 0x40000 | BITS.reduce((mask, [bit]) => mask | bit, 0);

/** The words between `.class` and the name. */
export function typeFlagWords(flags: number): string {
  if (flags & ~KNOWN || (flags & 0x30000) === 0x30000 || (flags & 0x18) === 0x18) return `flags(0x${flags.toString(16).padStart(8, '0')}) `;
  const words = [VISIBILITY[flags & 7]!, LAYOUT[(flags >> 3) & 3]!, STRING_FORMAT[(flags >> 16) & 3]!];
  for (const [bit, word] of BITS) if (flags & bit) words.push(word);
  return `${words.filter(Boolean).join(' ')} `;
}
