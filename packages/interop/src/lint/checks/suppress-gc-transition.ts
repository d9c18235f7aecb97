import { strip } from '@ijw/marshalling';
import { isTokenOf, type MethodDefToken, PInvokeAttributes } from '@ijw/metadata';
import type { TypeNode } from '@ijw/metadata/signatures';
import type { PlatformInvokeMethod } from '../../inventory/platform-invoke-method.ts';
import type { TableCheck } from '../context/check.ts';
import type { LintContext } from '../context/lint-context.ts';
import { parameterText, typeTextOf } from '../context/parameter-text.ts';

const delegateBases: ReadonlySet<string> = new Set(['System.MulticastDelegate', 'System.Delegate']);

/** A delegate of the module, or one of the core library's by name. */
export function isCallback({ module }: LintContext, type: TypeNode): boolean {
  const bare = strip(type);
  if (bare.kind === 'functionPointer') return true;
  const named = bare.kind === 'genericInstance' ? bare.generic : bare;
  if (named.kind !== 'named' || named.valueType) return false;
  if (isTokenOf(named.token, 'TypeDef')) return module.baseNames(named.token).some((name) => delegateBases.has(name));
  return /^System\.(Delegate|MulticastDelegate|Action(`\d+)?|Func`\d+)$/.test(module.typeName(named.token));
}

function checkMethod(context: LintContext, method: PlatformInvokeMethod): void {
  const { token } = method;
  for (const parameter of method.values.slice(1)) {
    const values = { parameter: parameterText(parameter), type: typeTextOf(context.module, parameter.type) };
    if (isCallback(context, parameter.type)) context.report('NI046', { token, values });
    else if (needsMarshalling(context, parameter.type) || parameter.marshalling !== undefined)
      context.report('NI047', { token, values: { what: `${values.parameter} is ${values.type}, which is marshalled` } });
  }
  if ((method.mapping?.flags ?? 0) & PInvokeAttributes.SupportsLastError)
    context.report('NI047', { token, values: { what: 'SetLastError is set' } });
}

function needsMarshalling(context: LintContext, type: TypeNode): boolean {
  const bare = strip(type);
  return context.valueTypes.of(bare.kind === 'byReference' ? bare.element : bare) === 'notBlittable';
}

/** NI045, NI046, NI047. The attribute on a LibraryImport method is passed on to the P/Invoke inside. */
export const suppressGCTransition: TableCheck = {
  rules: ['NI045', 'NI046', 'NI047'],
  run(context) {
    const { module } = context;
    const byToken = new Map<MethodDefToken, PlatformInvokeMethod>(module.platformInvokes.map((method) => [method.token, method]));
    for (const { parent } of module.attributes.all('suppressGCTransition')) {
      const method = isTokenOf(parent, 'MethodDef') ? byToken.get(parent) : undefined;
      if (method?.mapping !== undefined) module.diagnostics.attempt(() => checkMethod(context, method), parent);
      else if (!module.attributes.has('libraryImport', parent)) context.report('NI045', { token: parent });
    }
  },
};
