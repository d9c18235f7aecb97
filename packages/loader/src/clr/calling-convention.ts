import { BadImageError } from '@ijw/binary';
import { CallingConvention, methodSignatureOf } from '@ijw/metadata';
import { conventionProblems, type NativeCalls } from '@ijw/vtfixup';
import type { ClrException } from '../load-refusal.ts';
import { typeLoadException } from './clr-error.ts';
import type { MethodFacts } from './method-facts.ts';

/** PInvokeAttributes (ECMA-335 II.23.1.8): the convention's bits and three of their values. */
const PInvokeConvention = { mask: 0x700, winapi: 0x100, cdecl: 0x200, stdcall: 0x300 } as const;

/** The exception that the first call of a P/Invoke throws because of its convention, or `undefined` where the convention is fine. */
export function callingConventionProblem(calls: NativeCalls, facts: MethodFacts): ClrException | undefined {
  try {
    const signature = methodSignatureOf(calls.metadata, facts.token);
    const isVararg = (signature.header & 0xf) === CallingConvention.VarArg;
    const { problem } = calls.conventionOf(facts.token, signature, mappingFlags(calls, facts, isVararg));
    return problem && typeLoadException(conventionProblems[problem]);
  } catch (error) {
    if (error instanceof BadImageError) return undefined;
    throw error;
  }
}

/** WinAPI is what Windows has it for (`PInvokeStaticSigInfo::InitCallConv`): a modifier that says otherwise is a conflict. */
function mappingFlags({ metadata }: NativeCalls, facts: MethodFacts, isVararg: boolean): number | undefined {
  const row = facts.hasImplMap ? metadata.findImplMap(facts.token) : undefined;
  if (row === undefined) return undefined;
  const flags = metadata.tables.ImplMap.get(row, 'MappingFlags');
  const { mask, winapi, cdecl, stdcall } = PInvokeConvention;
  return (flags & mask) === winapi ? (flags & ~mask) | (isVararg ? cdecl : stdcall) : flags;
}
