import { ifReadable } from '@ijw/binary';
import { conventionProblems, type NativeCalls } from '@ijw/marshalling';
import { CallingConvention, type MethodDefToken, methodSignatureOf } from '@ijw/metadata';
import { typeLoadException } from '../../load/clr-error.ts';
import type { ClrException } from '../../load/load-refusal.ts';

/** PInvokeAttributes (ECMA-335 II.23.1.8): the convention's bits and three of their values. */
const PInvokeConvention = { mask: 0x700, winapi: 0x100, cdecl: 0x200, stdcall: 0x300 } as const;

/** The exception that the first call of a P/Invoke throws because of its convention, or `undefined` where the convention is fine. */
export function callingConventionProblem(calls: NativeCalls, method: MethodDefToken): ClrException | undefined {
  return ifReadable(() => {
    const signature = methodSignatureOf(calls.metadata, method);
    const isVararg = (signature.header & 0xf) === CallingConvention.VarArg;
    const { problem } = calls.conventionOf(method, signature, mappingFlags(calls, method, isVararg));
    return problem && typeLoadException(conventionProblems[problem]);
  });
}

/** WinAPI is what Windows has it for (`PInvokeStaticSigInfo::InitCallConv`): a modifier that says otherwise is a conflict. */
function mappingFlags({ metadata }: NativeCalls, method: MethodDefToken, isVararg: boolean): number | undefined {
  const row = metadata.findImplMap(method);
  if (row === undefined) return undefined;
  const flags = metadata.tables.ImplMap.get(row, 'MappingFlags');
  const { mask, winapi, cdecl, stdcall } = PInvokeConvention;
  return (flags & mask) === winapi ? (flags & ~mask) | (isVararg ? cdecl : stdcall) : flags;
}
