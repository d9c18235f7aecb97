// "Disabled runtime marshalling" of the .NET documentation; dotnet/runtime `src/coreclr/vm/dllimport.cpp`.

import { strip } from '@ijw/marshalling';
import { isTokenOf, MethodImplAttributes, PInvokeAttributes, type Token } from '@ijw/metadata';
import { CallingConvention } from '@ijw/metadata/signatures';
import { Role } from '../../inventory/il-roles.ts';
import type { InteropParameter, PlatformInvokeMethod } from '../../inventory/platform-invoke-method.ts';
import { isOne, tokenOf } from '../context/body-view.ts';
import type { BodyCheck, TableCheck } from '../context/check.ts';
import type { LintContext } from '../context/lint-context.ts';
import { parameterText, typeTextOf } from '../context/parameter-text.ts';
import { isAutoStructure } from './platform-invoke-parameters.ts';

function causesOfParameter(context: LintContext, parameter: InteropParameter): string | undefined {
  const type = strip(parameter.type);
  const what = parameterText(parameter);
  if (type.kind === 'byReference') return `${what} is passed by reference`;
  if (type.kind === 'primitive' && type.type === 'void') return undefined;
  if (isAutoStructure(context, type)) return `${what} is ${typeTextOf(context.module, type)}, which has automatic layout`;
  const isOpen = context.valueTypes.of(type) !== 'notBlittable';
  return isOpen ? undefined : `${what} is ${typeTextOf(context.module, type)}, which is not unmanaged`;
}

/** The parts of a P/Invoke that the runtime does not support when its marshalling is off. */
export function disabledMarshallingCauses(context: LintContext, method: PlatformInvokeMethod): readonly string[] {
  const causes: string[] = [];
  if ((method.mapping?.flags ?? 0) & PInvokeAttributes.SupportsLastError) causes.push('SetLastError is set');
  if ((method.implFlags & MethodImplAttributes.PreserveSig) === 0) causes.push('PreserveSig is false');
  if ((method.signature.header & 0xf) === CallingConvention.VarArg) causes.push('The function takes variable arguments');
  if (context.module.attributes.has('lcidConversion', method.token)) causes.push('LCIDConversion is set');
  for (const parameter of method.values) {
    const cause = causesOfParameter(context, parameter);
    if (cause !== undefined) causes.push(cause);
  }
  return causes;
}

/** NI050: P/Invokes of an assembly with DisableRuntimeMarshalling. */
export const disabledMarshalling: TableCheck = {
  rules: ['NI050'],
  run(context) {
    const { module } = context;
    if (!module.attributes.all('disableRuntimeMarshalling').some(({ parent }) => isTokenOf(parent, 'Assembly'))) return;
    for (const method of module.platformInvokes) {
      if (method.kind !== 'named') continue;
      const causes = module.diagnostics.attempt(() => disabledMarshallingCauses(context, method), method.token) ?? [];
      for (const what of causes) context.report('NI050', { token: method.token, values: { what } });
    }
  },
};

/** NI051: calls of Marshal that need the runtime's marshalling. */
export const runtimeMarshallingCalls: BodyCheck = {
  rules: ['NI051'],
  marks: Role.needsRuntimeMarshalling,
  run(context, { token: method, instructions }) {
    // Marshal itself forwards from one overload to the next.
    const isOwn = context.nameOf(method).startsWith('System.Runtime.InteropServices.Marshal::');
    if (!context.runtimeMarshallingDisabled || isOwn) return;
    for (const instruction of instructions) {
      const token = tokenOf(instruction);
      if (token === undefined || !isOne(instruction, 'call', 'callvirt')) continue;
      if (!(context.roles.of(token) & Role.needsRuntimeMarshalling)) continue;
      context.report('NI051', { token: method, ilOffset: instruction.offset, values: { function: context.nameOf(token as Token) } });
    }
  },
};
