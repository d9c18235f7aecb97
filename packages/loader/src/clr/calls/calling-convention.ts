import { ifReadable } from '@ijw/binary';
import { conventionProblems, type NativeCalls } from '@ijw/marshalling';
import { type MethodDefToken, methodSignatureOf, PInvokeAttributes, platformInvokeFlags } from '@ijw/metadata';
import { CallingConvention } from '@ijw/metadata/signatures';
import { typeLoadException } from '../../load/clr-error.ts';
import type { ClrException } from '../../load/load-refusal.ts';

/** The exception that the first call of a P/Invoke throws because of its convention, or `undefined` where the convention is fine. */
export function callingConventionProblem(calls: NativeCalls, method: MethodDefToken): ClrException | undefined {
  return ifReadable(() => {
    const signature = methodSignatureOf(calls.metadata, method);
    const isVararg = (signature.header & 0xf) === CallingConvention.VarArg;
    const { problem } = calls.conventionOf(method, signature, mappingFlags(calls, method, isVararg));
    return problem && typeLoadException(conventionProblems[problem]);
  });
}

/** WinAPI is the default of Windows (`PInvokeStaticSigInfo::InitCallConv`): a modifier that says otherwise is a conflict. */
function mappingFlags({ metadata }: NativeCalls, method: MethodDefToken, isVararg: boolean): number | undefined {
  const flags = platformInvokeFlags(metadata, method);
  if (flags === undefined) return undefined;
  const { CallConvMask, CallConvPlatformapi, CallConvCdecl, CallConvStdcall } = PInvokeAttributes;
  if ((flags & CallConvMask) !== CallConvPlatformapi) return flags;
  return (flags & ~CallConvMask) | (isVararg ? CallConvCdecl : CallConvStdcall);
}
