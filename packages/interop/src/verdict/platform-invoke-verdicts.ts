import { strip } from '@ijw/marshalling';
import { MethodAttributes, MethodImplAttributes, PInvokeAttributes, type TypeDefToken } from '@ijw/metadata';
import { CallingConvention } from '@ijw/metadata/signatures';
import type { InteropParameter, PlatformInvokeMethod } from '../inventory/platform-invoke-method.ts';
import { isComMarshalled } from '../lint/checks/platform-invoke-parameters.ts';
import { isCallback } from '../lint/checks/suppress-gc-transition.ts';
import type { LintContext } from '../lint/context/lint-context.ts';
import { cannotMarshal } from './cannot-marshal.ts';
import { INVALID_PROGRAM, MARSHAL_DIRECTIVE, type RuntimeVerdict, verdictMessages } from './runtime-verdict.ts';

/** The values that the runtime does not pass; most of them are determined by their types. */
function typeVerdict(context: LintContext, parameter: InteropParameter): RuntimeVerdict | undefined {
  const problem = context.valueTypes.problemOf(parameter.type);
  if (problem !== undefined) return cannotMarshal(context, parameter.position, problem);
  return context.runtimeMarshallingDisabled ? undefined : comVerdict(context, parameter);
}

/** Objects and interfaces cross by COM, which Windows alone has. */
function comVerdict(context: LintContext, parameter: InteropParameter): RuntimeVerdict | undefined {
  const { type, marshalling } = parameter;
  const bare = strip(type);
  if (marshalling !== undefined || bare.kind !== 'primitive' || bare.type !== 'object') {
    if (!isComMarshalled(context, bare, marshalling)) return undefined;
    return { ...cannotMarshal(context, parameter.position, 'comInterface'), system: 'unix' };
  }
  return { ...cannotMarshal(context, parameter.position, 'comVariant'), system: 'unix' };
}

const disabled = (message: string): RuntimeVerdict => ({
  topic: 'disabledMarshalling',
  outcome: 'throws',
  exception: MARSHAL_DIRECTIVE,
  when: 'call',
  message,
});

/** DisableRuntimeMarshalling: the work that the runtime would have to do besides passing the arguments. */
function disabledVerdicts(context: LintContext, method: PlatformInvokeMethod): readonly RuntimeVerdict[] {
  const { mapping, implFlags, signature, token } = method;
  const verdicts: RuntimeVerdict[] = [];
  if ((signature.header & 0xf) === CallingConvention.VarArg) verdicts.push(disabled(verdictMessages.varArgs));
  if ((mapping?.flags ?? 0) & PInvokeAttributes.SupportsLastError) verdicts.push(disabled(verdictMessages.setLastError));
  if ((implFlags & MethodImplAttributes.PreserveSig) === 0) verdicts.push(disabled(verdictMessages.preserveSig));
  if (context.module.attributes.has('lcidConversion', token)) verdicts.push(disabled(verdictMessages.lcid));
  return verdicts;
}

const noVarArgs: RuntimeVerdict = {
  topic: 'callingConvention',
  outcome: 'throws',
  exception: INVALID_PROGRAM,
  when: 'call',
  message: verdictMessages.varArgsNotSupported,
  system: 'unix',
};

/** The types that the runtime does not load, because a P/Invoke of them is generic. */
export function unloadableTypes({ metadata, module }: LintContext): ReadonlySet<TypeDefToken> {
  const generic = module.platformInvokes.filter(
    ({ kind, flags, signature, type }) =>
      (kind === 'internalCall' || (flags & MethodAttributes.PInvokeImpl) !== 0) &&
      (signature.genericParameterCount > 0 || metadata.genericParamsOf(type).length > 0),
  );
  return new Set(generic.map(({ type }) => type));
}

/** The runtime's verdicts about a P/Invoke; most methods get an empty list. */
export function platformInvokeVerdicts(context: LintContext, method: PlatformInvokeMethod): readonly RuntimeVerdict[] {
  if (method.mapping === undefined) return [];
  const verdicts: RuntimeVerdict[] = [];
  if ((method.signature.header & 0xf) === CallingConvention.VarArg) verdicts.push(noVarArgs);
  if (context.runtimeMarshallingDisabled) for (const verdict of disabledVerdicts(context, method)) verdicts.push(verdict);
  for (const parameter of method.values) {
    const verdict = typeVerdict(context, parameter);
    if (verdict !== undefined) verdicts.push(verdict);
  }
  if (
    context.module.attributes.has('suppressGCTransition', method.token) &&
    method.values.slice(1).some(({ type }) => isCallback(context, type))
  ) {
    const message = 'A call back into managed code without a transition ends the process, or corrupts its heap.';
    verdicts.push({ topic: 'suppressGCTransition', outcome: 'failFast', when: 'callback', message });
  }
  return verdicts;
}
