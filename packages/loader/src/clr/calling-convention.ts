import { BadImageError } from '@ijw/binary';
import { CallingConvention, type Metadata, methodSignatureOf, typeFullName } from '@ijw/metadata';
import type { ClrException } from '../load-refusal.ts';
import { clrException, HResult, typeLoadException } from './clr-error.ts';
import type { MethodFacts } from './method-facts.ts';

export type UnmanagedConvention = 'cdecl' | 'stdcall' | 'thiscall' | 'fastcall' | 'winapi';

/** ECMA-335 II.23.1.8, CallConvMask. */
const IMPL_MAP_CONVENTIONS: Readonly<Record<number, UnmanagedConvention>> = {
  256: 'winapi',
  512: 'cdecl',
  768: 'stdcall',
  1024: 'thiscall',
  1280: 'fastcall',
};
const CONVENTION_MASK = 0x700;

/** Types whose appearance as a modopt of the return type names a convention. */
const MODIFIER_CONVENTIONS: Readonly<Record<string, UnmanagedConvention>> = {
  'System.Runtime.CompilerServices.CallConvCdecl': 'cdecl',
  'System.Runtime.CompilerServices.CallConvStdcall': 'stdcall',
  'System.Runtime.CompilerServices.CallConvThiscall': 'thiscall',
  'System.Runtime.CompilerServices.CallConvFastcall': 'fastcall',
};

/** The exception that the first call of a P/Invoke throws because of its convention, or `undefined` where the convention is fine. */
export function callingConventionProblem(metadata: Metadata, facts: MethodFacts): ClrException | undefined {
  const { modifiers, isVararg } = signatureConventions(metadata, facts);
  if (modifiers.length > 1) {
    const message = 'Multiple unmanaged calling conventions are specified. Only a single calling convention is supported.';
    return clrException('TypeLoadException', HResult.COR_E_TYPELOAD, message);
  }
  const [modifier] = modifiers;
  const mapped = implMapConvention(metadata, facts);
  const stated = mapped === 'winapi' ? (isVararg ? 'cdecl' : 'stdcall') : mapped;
  if (stated !== undefined && modifier !== undefined && stated !== modifier) {
    return typeLoadException('Invalid PInvoke or UnmanagedFunctionPointer calling convention.');
  }
  return (stated ?? modifier) === 'fastcall' ? typeLoadException('Unsupported unmanaged calling convention.') : undefined;
}

function implMapConvention(metadata: Metadata, facts: MethodFacts): UnmanagedConvention | undefined {
  const row = facts.hasImplMap ? metadata.findImplMap(facts.token) : undefined;
  return row === undefined ? undefined : IMPL_MAP_CONVENTIONS[metadata.tables.ImplMap.get(row, 'MappingFlags') & CONVENTION_MASK];
}

/** The base conventions among the modifiers of the return type; a signature that cannot be read has none. */
function signatureConventions(
  metadata: Metadata,
  facts: MethodFacts,
): { readonly modifiers: UnmanagedConvention[]; readonly isVararg: boolean } {
  const modifiers: UnmanagedConvention[] = [];
  try {
    const signature = methodSignatureOf(metadata, facts.token);
    let type = signature.returnType;
    while (type.kind === 'modified') {
      const convention = type.modifier.kind === 'named' ? MODIFIER_CONVENTIONS[typeFullName(metadata, type.modifier.token)] : undefined;
      if (convention) modifiers.push(convention);
      type = type.unmodified;
    }
    return { modifiers, isVararg: (signature.header & 0xf) === CallingConvention.VarArg };
  } catch (error) {
    if (error instanceof BadImageError) return { modifiers, isVararg: false };
    throw error;
  }
}
