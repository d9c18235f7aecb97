import { hex } from '@ijw/binary';
import { FieldAttributes, MethodAttributes, MethodImplAttributes, PInvokeAttributes } from '@ijw/metadata';

/** ECMA-335 II.23.1.5 and II.23.1.10: the lower three bits. `privatescope` is compilercontrolled. */
const ACCESS = ['privatescope', 'private', 'famandassem', 'assembly', 'family', 'famorassem', 'public'];

type Bits = readonly (readonly [number, string])[];

const METHOD_BITS: Bits = [
  [MethodAttributes.Static, 'static'],
  [MethodAttributes.HideBySig, 'hidebysig'],
  [MethodAttributes.NewSlot, 'newslot'],
  [MethodAttributes.SpecialName, 'specialname'],
  [MethodAttributes.RTSpecialName, 'rtspecialname'],
  [MethodAttributes.Abstract, 'abstract'],
  [MethodAttributes.Strict, 'strict'],
  [MethodAttributes.Virtual, 'virtual'],
  [MethodAttributes.Final, 'final'],
  [MethodAttributes.UnmanagedExport, 'unmanagedexp'],
  [MethodAttributes.RequireSecObject, 'reqsecobj'],
];
/** `pinvokeimpl (…)` and `.permissionset` say these. */
const METHOD_IMPLIED = MethodAttributes.PInvokeImpl | MethodAttributes.HasSecurity;

const FIELD_BITS: Bits = [
  [FieldAttributes.Static, 'static'],
  [FieldAttributes.InitOnly, 'initonly'],
  [FieldAttributes.Literal, 'literal'],
  [FieldAttributes.NotSerialized, 'notserialized'],
  [FieldAttributes.SpecialName, 'specialname'],
  [FieldAttributes.RTSpecialName, 'rtspecialname'],
];
/** An initial value, `at` and `marshal` say these, and `pinvokeimpl` the last. */
const FIELD_IMPLIED =
  FieldAttributes.HasFieldRVA | FieldAttributes.HasFieldMarshal | FieldAttributes.HasDefault | FieldAttributes.PInvokeImpl;

function words(flags: number, bits: Bits, implied: number): string {
  const access = ACCESS[flags & MethodAttributes.MemberAccessMask];
  const known = bits.reduce((mask, [bit]) => mask | bit, MethodAttributes.MemberAccessMask | implied);
  if (access === undefined || flags & ~known) return `flags(${hex(flags, 4)}) `;
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
  [MethodImplAttributes.ForwardRef, 'forwardref'],
  [MethodImplAttributes.PreserveSig, 'preservesig'],
  [MethodImplAttributes.InternalCall, 'internalcall'],
  [MethodImplAttributes.Synchronized, 'synchronized'],
  [MethodImplAttributes.NoInlining, 'noinlining'],
  [MethodImplAttributes.AggressiveInlining, 'aggressiveinlining'],
  [MethodImplAttributes.NoOptimization, 'nooptimization'],
  [MethodImplAttributes.AggressiveOptimization, 'aggressiveoptimization'],
];

/** ECMA-335 II.23.1.11. */
export const implFlagWords = cached((flags) => {
  const known = IMPL_BITS.reduce((mask, [bit]) => mask | bit, MethodImplAttributes.CodeTypeMask | MethodImplAttributes.Unmanaged);
  if (flags & ~known) return `flags(${hex(flags, 4)})`;
  const list = [CODE_TYPE[flags & MethodImplAttributes.CodeTypeMask]!, flags & MethodImplAttributes.Unmanaged ? 'unmanaged' : 'managed'];
  for (const [bit, word] of IMPL_BITS) if (flags & bit) list.push(word);
  return list.join(' ');
});

const PINVOKE_CONVENTIONS = ['', 'winapi', 'cdecl', 'stdcall', 'thiscall', 'fastcall'];
const CHARSETS = ['', 'ansi', 'unicode', 'autochar'];
const PINVOKE_KNOWN =
  PInvokeAttributes.NoMangle |
  PInvokeAttributes.CharSetMask |
  PInvokeAttributes.BestFitMask |
  PInvokeAttributes.SupportsLastError |
  PInvokeAttributes.CallConvMask |
  PInvokeAttributes.ThrowOnUnmappableCharMask;

/** ECMA-335 II.23.1.8: the words of `pinvokeimpl ("module" as "name" …)`. */
export function pinvokeFlagWords(flags: number): string {
  const list: string[] = [];
  const convention = (flags & PInvokeAttributes.CallConvMask) >> 8;
  const bestFit = flags & PInvokeAttributes.BestFitMask;
  const charMapError = flags & PInvokeAttributes.ThrowOnUnmappableCharMask;
  if (
    flags & ~PINVOKE_KNOWN ||
    convention >= PINVOKE_CONVENTIONS.length ||
    bestFit === PInvokeAttributes.BestFitMask ||
    charMapError === PInvokeAttributes.ThrowOnUnmappableCharMask
  )
    return `flags(${hex(flags, 4)})`;
  if (flags & PInvokeAttributes.NoMangle) list.push('nomangle');
  if (flags & PInvokeAttributes.CharSetMask) list.push(CHARSETS[(flags & PInvokeAttributes.CharSetMask) >> 1]!);
  if (flags & PInvokeAttributes.SupportsLastError) list.push('lasterr');
  if (bestFit) list.push(bestFit === PInvokeAttributes.BestFitEnabled ? 'bestfit:on' : 'bestfit:off');
  if (charMapError) list.push(charMapError === PInvokeAttributes.ThrowOnUnmappableCharEnabled ? 'charmaperror:on' : 'charmaperror:off');
  if (convention) list.push(PINVOKE_CONVENTIONS[convention]!);
  return list.join(' ');
}
