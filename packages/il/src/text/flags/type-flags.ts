import { hex } from '@ijw/binary';
import { TypeAttributes } from '@ijw/metadata';

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
  [TypeAttributes.Interface, 'interface'],
  [TypeAttributes.Abstract, 'abstract'],
  [TypeAttributes.Sealed, 'sealed'],
  [TypeAttributes.SpecialName, 'specialname'],
  [TypeAttributes.RTSpecialName, 'rtspecialname'],
  [TypeAttributes.Import, 'import'],
  [TypeAttributes.Serializable, 'serializable'],
  [TypeAttributes.WindowsRuntime, 'windowsruntime'],
  [TypeAttributes.BeforeFieldInit, 'beforefieldinit'],
];

/** Bits that no keyword sets: ilasm sets HasSecurity by itself. */
const KNOWN =
  TypeAttributes.VisibilityMask |
  TypeAttributes.LayoutMask |
  TypeAttributes.StringFormatMask |
  TypeAttributes.HasSecurity |
  BITS.reduce((mask, [bit]) => mask | bit, 0);

/** The words between `.class` and the name. */
export function typeFlagWords(flags: number): string {
  const layout = flags & TypeAttributes.LayoutMask;
  const format = flags & TypeAttributes.StringFormatMask;
  if (flags & ~KNOWN || format === TypeAttributes.CustomFormatClass || layout === TypeAttributes.ExtendedLayout)
    return `flags(${hex(flags, 8)}) `;
  const words = [VISIBILITY[flags & TypeAttributes.VisibilityMask]!, LAYOUT[layout >> 3]!, STRING_FORMAT[format >> 16]!];
  for (const [bit, word] of BITS) if (flags & bit) words.push(word);
  return `${words.filter(Boolean).join(' ')} `;
}
