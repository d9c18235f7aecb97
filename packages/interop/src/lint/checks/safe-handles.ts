import { MethodAttributes, TypeAttributes, type TypeDefToken, tokenRid } from '@ijw/metadata';
import type { TableCheck } from '../context/check.ts';
import type { LintContext } from '../context/lint-context.ts';
import { isVisibleType } from './platform-invoke-methods.ts';

const HANDLES = 'System.Runtime.InteropServices.SafeHandle';
const handleBases: ReadonlySet<string> = new Set([
  HANDLES,
  'Microsoft.Win32.SafeHandles.SafeHandleZeroOrMinusOneIsInvalid',
  'Microsoft.Win32.SafeHandles.SafeHandleMinusOneIsInvalid',
]);

/** The visibility of a parameterless constructor; `undefined` without one. */
function parameterlessConstructor({ module, metadata }: LintContext, type: TypeDefToken): number | undefined {
  const { MethodDef } = metadata.tables;
  for (const method of module.methodsOf(type)) {
    const rid = tokenRid(method);
    if (metadata.strings.get(MethodDef.get(rid, 'Name')) !== '.ctor') continue;
    if (metadata.blobs.get(MethodDef.get(rid, 'Signature'))[1] === 0)
      return MethodDef.get(rid, 'Flags') & MethodAttributes.MemberAccessMask;
  }
  return undefined;
}

/** NI015: concrete handle types that marshalling cannot make. */
export const safeHandles: TableCheck = {
  rules: ['NI015'],
  run(context) {
    const { module, metadata } = context;
    module.eachType((type) => {
      if (metadata.tables.TypeDef.get(tokenRid(type), 'Flags') & TypeAttributes.Abstract) return;
      if (!module.baseNames(type).some((name) => handleBases.has(name))) return;
      const access = parameterlessConstructor(context, type);
      const isPrivate =
        (metadata.tables.TypeDef.get(tokenRid(type), 'Flags') & TypeAttributes.VisibilityMask) === TypeAttributes.NestedPrivate;
      if (isPrivate && access !== undefined) return;
      const wanted: readonly number[] = isVisibleType(context, type)
        ? [MethodAttributes.Public]
        : [MethodAttributes.Public, MethodAttributes.Assem, MethodAttributes.FamORAssem];
      if (access === undefined || !wanted.includes(access))
        context.report('NI015', { token: type, values: { type: module.typeName(type) } });
    });
  },
};
