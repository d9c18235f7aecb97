/** ECMA-335 II.23.1.5 and II.23.1.10: the lower three bits. `privatescope` is compilercontrolled. */
const ACCESS = ['privatescope', 'private', 'famandassem', 'assembly', 'family', 'famorassem', 'public'];

type Bits = readonly (readonly [number, string])[];

const METHOD_BITS: Bits = [
  [0x10, 'static'],
  [0x80, 'hidebysig'],
  [0x100, 'newslot'],
  [0x800, 'specialname'],
  [0x1000, 'rtspecialname'],
  [0x400, 'abstract'],
  [0x200, 'strict'],
  [0x40, 'virtual'],
  [0x20, 'final'],
  [0x8, 'unmanagedexp'],
  [0x8000, 'reqsecobj'],
];
/** `pinvokeimpl (…)` and `.permissionset` say these. */
const METHOD_IMPLIED = 0x2000 | 0x4000;

const FIELD_BITS: Bits = [
  [0x10, 'static'],
  [0x20, 'initonly'],
  [0x40, 'literal'],
  [0x80, 'notserialized'],
  [0x200, 'specialname'],
  [0x400, 'rtspecialname'],
];
/** An initial value, `at` and `marshal` say these, and `pinvokeimpl` the last. */
const FIELD_IMPLIED = 0x100 | 0x1000 | 0x8000 | 0x2000;

function words(flags: number, bits: Bits, implied: number): string {
  const access = ACCESS[flags & 7];
  const known = bits.reduce((mask, [bit]) => mask | bit, 7 | implied);
  if (access === undefined || flags & ~known) return `flags(0x${flags.toString(16).padStart(4, '0')}) `;
  let text = `${access} `;
  for (const [bit, word] of bits) if (flags & bit) text += `${word} `;
  return text;
}

const cached = (make: (flags: number) => string): ((flags: number) => string) => {
  const texts = new Map<number, string>();
  return (flags) => {
    let text = texts.get(flags);
    if (text === undefined) {
      text = make(flags);
      texts.set(flags, text);
    }
    return text;
  };
};

export const methodFlagWords = cached((flags) => words(flags, METHOD_BITS, METHOD_IMPLIED));
export const fieldFlagWords = cached((flags) => words(flags, FIELD_BITS, FIELD_IMPLIED));

const CODE_TYPE = ['cil', 'native', 'optil', 'runtime'];
const IMPL_BITS: Bits = [
  [0x10, 'forwardref'],
  [0x80, 'preservesig'],
  [0x1000, 'internalcall'],
  [0x20, 'synchronized'],
  [0x8, 'noinlining'],
  [0x100, 'aggressiveinlining'],
  [0x40, 'nooptimization'],
  [0x200, 'aggressiveoptimization'],
];

/** ECMA-335 II.23.1.11. */
export const implFlagWords = cached((flags) => {
  const known = IMPL_BITS.reduce((mask, [bit]) => mask | bit, 7);
  if (flags & ~known) return `flags(0x${flags.toString(16).padStart(4, '0')})`;
  const list = [CODE_TYPE[flags & 3]!, flags & 4 ? 'unmanaged' : 'managed'];
  for (const [bit, word] of IMPL_BITS) if (flags & bit) list.push(word);
  return list.join(' ');
});

const PINVOKE_CONVENTIONS = ['', 'winapi', 'cdecl', 'stdcall', 'thiscall', 'fastcall'];
const CHARSETS = ['', 'ansi', 'unicode', 'autochar'];

/** ECMA-335 II.23.1.8: the words of `pinvokeimpl ("module" as "name" …)`. */
export function pinvokeFlagWords(flags: number): string {
  const list: string[] = [];
  const convention = (flags >> 8) & 7;
  const bestFit = flags & 0x30;
  const charMapError = flags & 0x3000;
  if (flags & ~0x3777 || convention > 5 || bestFit === 0x30 || charMapError === 0x3000)
    return `flags(0x${flags.toString(16).padStart(4, '0')})`;
  if (flags & 1) list.push('nomangle');
  if (flags & 6) list.push(CHARSETS[(flags >> 1) & 3]!);
  if (flags & 0x40) list.push('lasterr');
  if (bestFit) list.push(bestFit === 0x10 ? 'bestfit:on' : 'bestfit:off');
  if (charMapError) list.push(charMapError === 0x1000 ? 'charmaperror:on' : 'charmaperror:off');
  if (convention) list.push(PINVOKE_CONVENTIONS[convention]!);
  return list.join(' ');
}
