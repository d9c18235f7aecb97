// dotnet/runtime `src/coreclr/vm/prestub.cpp`, `src/coreclr/vm/dllimport.cpp`: what UnmanagedCallersOnly methods have to be.

import { strip } from '@ijw/marshalling';
import { isTokenOf, MethodAttributes, type MethodDefToken, methodSignatureOf, tokenRid } from '@ijw/metadata';
import { interopParameters } from '../../inventory/platform-invoke-method.ts';
import { readUnmanagedEntries } from '../../inventory/unmanaged-entries.ts';
import type { TableCheck } from '../context/check.ts';
import type { LintContext } from '../context/lint-context.ts';
import { parameterText, typeTextOf } from '../context/parameter-text.ts';

function checkMethod(context: LintContext, token: MethodDefToken): void {
  const { metadata, module, valueTypes } = context;
  const flags = metadata.tables.MethodDef.get(tokenRid(token), 'Flags');
  const signature = methodSignatureOf(metadata, token);
  const isGeneric = signature.genericParameterCount > 0 || metadata.genericParamsOf(metadata.declaringType(token)).length > 0;
  if ((flags & MethodAttributes.Static) === 0) context.report('NI030', { token });
  if (isGeneric) context.report('NI031', { token });
  if (flags & MethodAttributes.PInvokeImpl) context.report('NI035', { token });
  for (const parameter of interopParameters(metadata, token, signature)) {
    if (parameter.position === 0 && isVoid(parameter.type)) continue;
    if (valueTypes.of(parameter.type) !== 'notBlittable') continue;
    context.report('NI032', { token, values: { parameter: parameterText(parameter), type: typeTextOf(module, parameter.type) } });
  }
}

function isVoid(type: Parameters<typeof strip>[0]): boolean {
  const bare = strip(type);
  return bare.kind === 'primitive' && bare.type === 'void';
}

/** NI030, NI031, NI032, NI035: the methods themselves. */
export const unmanagedCallersOnly: TableCheck = {
  rules: ['NI030', 'NI031', 'NI032', 'NI035'],
  run(context) {
    const { module } = context;
    for (const { parent } of module.attributes.all('unmanagedCallersOnly')) {
      if (isTokenOf(parent, 'MethodDef')) module.diagnostics.attempt(() => checkMethod(context, parent), parent);
    }
  },
};

/** NI040: two methods under one exported name. */
export const entryPoints: TableCheck = {
  rules: ['NI040'],
  run(context) {
    const first = new Map<string, string>();
    for (const { token, method, entryPoint } of readUnmanagedEntries(context.module)) {
      if (entryPoint === undefined || entryPoint === '') continue;
      const other = first.get(entryPoint);
      if (other === undefined) first.set(entryPoint, method);
      else context.report('NI040', { token, values: { entryPoint, other } });
    }
  },
};
