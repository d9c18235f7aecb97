import { CallingConvention, MethodImplAttributes, PInvokeAttributes, type TypeNode } from '@ijw/metadata';
import type { InteropParameter, PlatformInvokeMethod } from '../inventory/platform-invoke-method.ts';
import { isCallback } from '../lint/checks/suppress-gc-transition.ts';
import type { LintContext } from '../lint/lint-context.ts';
import { stripModifiers } from './blittable-types.ts';
import { MARSHAL_DIRECTIVE, type RuntimeVerdict, verdictMessages } from './runtime-verdict.ts';

const placeText = ({ position }: InteropParameter): string => (position === 0 ? 'return value' : `parameter #${position}`);

const cannotMarshal = (topic: RuntimeVerdict['topic'], parameter: InteropParameter, why: string): RuntimeVerdict => ({
  topic,
  outcome: 'throws',
  exception: MARSHAL_DIRECTIVE,
  when: 'call',
  message: `Cannot marshal '${placeText(parameter)}': ${why}`,
});

/** A constructed generic: a class is refused, a structure where one of its fields is not blittable. */
function genericVerdict(context: LintContext, parameter: InteropParameter): RuntimeVerdict | undefined {
  const bare = stripModifiers(parameter.type);
  const type = bare.kind === 'byReference' ? stripModifiers(bare.element) : bare;
  if (type.kind !== 'genericInstance' || context.blittable.of(type) !== 'notBlittable') return undefined;
  return cannotMarshal('genericParameter', parameter, verdictMessages.genericType);
}

function isManaged(context: LintContext, type: TypeNode): boolean {
  const bare = stripModifiers(type);
  if (bare.kind === 'primitive' && bare.type === 'void') return false;
  return context.blittable.of(bare) === 'notBlittable';
}

const disabled = (message: string): RuntimeVerdict => ({
  topic: 'disabledMarshalling',
  outcome: 'throws',
  exception: MARSHAL_DIRECTIVE,
  when: 'call',
  message,
});

/** DisableRuntimeMarshalling: what the runtime would have to do beyond passing the arguments. */
function disabledVerdicts(context: LintContext, method: PlatformInvokeMethod): readonly RuntimeVerdict[] {
  const { mapping, implFlags, signature, token, returnValue, parameters } = method;
  const verdicts: RuntimeVerdict[] = [];
  if ((signature.header & 0xf) === CallingConvention.VarArg) verdicts.push(disabled(verdictMessages.varArgs));
  if ((mapping?.flags ?? 0) & PInvokeAttributes.SupportsLastError) verdicts.push(disabled(verdictMessages.setLastError));
  if ((implFlags & MethodImplAttributes.PreserveSig) === 0) verdicts.push(disabled(verdictMessages.preserveSig));
  if (context.module.attributes.has('lcidConversion', token)) verdicts.push(disabled(verdictMessages.lcid));
  for (const parameter of [returnValue, ...parameters])
    if (isManaged(context, parameter.type)) verdicts.push(cannotMarshal('disabledMarshalling', parameter, verdictMessages.managedType));
  return verdicts;
}

/** What the runtime says of a P/Invoke; most methods get an empty list. */
export function platformInvokeVerdicts(context: LintContext, method: PlatformInvokeMethod): readonly RuntimeVerdict[] {
  if (method.mapping === undefined) return [];
  const verdicts: RuntimeVerdict[] = [];
  if (context.runtimeMarshallingDisabled) verdicts.push(...disabledVerdicts(context, method));
  else
    for (const parameter of [method.returnValue, ...method.parameters]) {
      const verdict = genericVerdict(context, parameter);
      if (verdict !== undefined) verdicts.push(verdict);
    }
  if (
    context.module.attributes.has('suppressGCTransition', method.token) &&
    method.parameters.some(({ type }) => isCallback(context, type))
  ) {
    const message = 'A call back into managed code without a transition ends the process, or corrupts its heap.';
    verdicts.push({ topic: 'suppressGCTransition', outcome: 'failFast', when: 'callback', message });
  }
  return verdicts;
}
