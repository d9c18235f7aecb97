// ECMA-335 II.15.5, II.23.1.8; dotnet/runtime `src/coreclr/vm/callconvbuilder.cpp`, `src/coreclr/vm/dllimport.cpp` (PInvokeStaticSigInfo::InitCallConv).

import { isTokenOf, type Metadata, PInvokeAttributes, typeFullName } from '@ijw/metadata';
import type { MethodSignature, TypeNode } from '@ijw/metadata/signatures';

/** A convention that native code is called by. */
export type UnmanagedConvention = 'cdecl' | 'stdcall' | 'thiscall' | 'fastcall';

/** The source of the convention: the ImplMap row, the modifiers of the return type, an attribute, or the platform's default. */
export type ConventionSource = 'implMap' | 'modifier' | 'attribute' | 'platform';

export interface EffectiveConvention {
  readonly convention: UnmanagedConvention;
  readonly source: ConventionSource;
  readonly vararg: boolean;
  /** A C++ member function: on x86 and arm64 it returns structures in another way. */
  readonly memberFunction: boolean;
  readonly suppressGCTransition: boolean;
  /** The runtime's message for the refusal of the method. */
  readonly problem?: ConventionProblem;
}

/** The texts are the runtime's own (`src/coreclr/dlls/mscorrc/mscorrc.rc`). */
export const conventionProblems = {
  conflict: 'Invalid PInvoke or UnmanagedFunctionPointer calling convention.',
  multiple: 'Multiple unmanaged calling conventions are specified. Only a single calling convention is supported.',
  vararg: 'Invalid PInvoke calling convention. Vararg functions must use the cdecl calling convention.',
  unsupported: 'Unsupported unmanaged calling convention.',
  thiscall: 'Invalid PInvoke calling convention. Thiscall requires that the first parameter is present and can be enregistered.',
} as const;

export type ConventionProblem = keyof typeof conventionProblems;

const NAMESPACE = 'System.Runtime.CompilerServices.';

const baseModifiers: Readonly<Record<string, UnmanagedConvention>> = {
  CallConvCdecl: 'cdecl',
  CallConvStdcall: 'stdcall',
  CallConvThiscall: 'thiscall',
  CallConvFastcall: 'fastcall',
};

/** The meaning of a list of `CallConv…` types. */
export interface ConventionModifiers {
  readonly base: UnmanagedConvention | undefined;
  readonly multiple: boolean;
  readonly memberFunction: boolean;
  readonly suppressGCTransition: boolean;
}

/** Combines the full names of `CallConv…` types; others are passed over. */
export function combineConventions(typeNames: Iterable<string>): ConventionModifiers {
  const names = [...typeNames].filter((name) => name.startsWith(NAMESPACE)).map((name) => name.slice(NAMESPACE.length));
  const bases = names.flatMap((name) => baseModifiers[name] ?? []);
  return {
    base: bases[0],
    multiple: bases.length > 1,
    memberFunction: names.includes('CallConvMemberFunction'),
    suppressGCTransition: names.includes('CallConvSuppressGCTransition'),
  };
}

/** The full names of the optional modifiers at the start of a method's return type, outermost first. Required ones are passed over, as the runtime does. */
export function returnTypeModifiers(metadata: Metadata, signature: MethodSignature<TypeNode>): readonly string[] {
  const names: string[] = [];
  for (let type = signature.returnType; type.kind === 'modified'; type = type.unmodified) {
    const { modifier, required } = type;
    if (!required && modifier.kind === 'named' && !isTokenOf(modifier.token, 'TypeSpec'))
      names.push(typeFullName(metadata, modifier.token));
  }
  return names;
}

/** PInvokeAttributes of an ImplMap row, II.23.1.8: 0 and WinAPI (0x100) leave the choice to the platform. */
const mappedConventions: Readonly<Record<number, UnmanagedConvention>> = {
  [PInvokeAttributes.CallConvCdecl]: 'cdecl',
  [PInvokeAttributes.CallConvStdcall]: 'stdcall',
  [PInvokeAttributes.CallConvThiscall]: 'thiscall',
  [PInvokeAttributes.CallConvFastcall]: 'fastcall',
};

export interface ConventionInput {
  /** MappingFlags of the ImplMap row, if there is one. */
  readonly mappingFlags?: number;
  /** What an UnmanagedCallConvAttribute lists; it counts where the ImplMap row leaves the choice open. */
  readonly attribute?: ConventionModifiers;
  readonly modifiers: ConventionModifiers;
  readonly vararg: boolean;
  /** Images for other systems than Windows have cdecl for their default. */
  readonly windows: boolean;
  readonly parameterCount: number;
}

function problemOf(
  input: ConventionInput,
  mapped: UnmanagedConvention | undefined,
  convention: UnmanagedConvention,
): ConventionProblem | undefined {
  const { modifiers, attribute, vararg } = input;
  if (modifiers.multiple || attribute?.multiple) return 'multiple';
  if (mapped && modifiers.base && mapped !== modifiers.base) return 'conflict';
  if (vararg && convention !== 'cdecl') return 'vararg';
  if (convention === 'fastcall') return 'unsupported';
  return convention === 'thiscall' && input.parameterCount === 0 ? 'thiscall' : undefined;
}

/** The calling convention of a call from or to the runtime. */
export function effectiveConvention(input: ConventionInput): EffectiveConvention {
  const { modifiers, attribute, vararg, windows } = input;
  const fromMap = mappedConventions[(input.mappingFlags ?? 0) & PInvokeAttributes.CallConvMask];
  const mapped = fromMap ?? attribute?.base;
  const convention = mapped ?? modifiers.base ?? (vararg || !windows ? 'cdecl' : 'stdcall');
  const source: ConventionSource = fromMap ? 'implMap' : attribute?.base ? 'attribute' : modifiers.base ? 'modifier' : 'platform';
  const problem = problemOf(input, mapped, convention);
  return {
    convention,
    source,
    vararg,
    memberFunction: modifiers.memberFunction || (attribute?.memberFunction ?? false),
    suppressGCTransition: modifiers.suppressGCTransition || (attribute?.suppressGCTransition ?? false),
    ...(problem !== undefined && { problem }),
  };
}
