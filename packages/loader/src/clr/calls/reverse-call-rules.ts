import { SignatureFlags, TableId, tokenRid, tokenTable, typeFullName } from '@ijw/metadata';
import { clrException, HResult } from '../../load/clr-error.ts';
import type { ClrException } from '../../load/load-refusal.ts';
import type { LoadedAssembly } from '../bind/load-context.ts';
import type { ResolvedMethod } from '../fixups/resolve-fixup-token.ts';

/** ECMA-335 II.23.1.10. */
const STATIC = 0x10;
const UNMANAGED_CALLERS_ONLY = 'System.Runtime.InteropServices.UnmanagedCallersOnlyAttribute';

/**
 * What the first call through a slot of type P|4 or P|8 finds wrong with the method, when the runtime makes its marshalling stub
 * (`UMThunkMarshInfo::RunTimeInit`). The load does not ask.
 */
export function reverseCallProblem(assembly: LoadedAssembly, method: ResolvedMethod): ClrException | undefined {
  if (hasThis(assembly, method)) {
    return clrException('InvalidProgramException', HResult.COR_E_INVALIDPROGRAM, 'Error: PInvoke item (field,method) must be Static.');
  }
  if (method.methodDef === undefined) return undefined;
  if (!hasAttribute(assembly, method.methodDef, UNMANAGED_CALLERS_ONLY)) return undefined;
  const name = method.name.replace('::', '.');
  const message = `Method '${name}' cannot be marked with both DllImportAttribute and UnmanagedCallersOnlyAttribute.`;
  return clrException('NotSupportedException', HResult.COR_E_NOTSUPPORTED, message);
}

/** By the flags of a method of the image, by the signature of one that is only referred to. */
function hasThis({ image: { metadata } }: LoadedAssembly, { methodDef, signature }: ResolvedMethod): boolean {
  if (methodDef !== undefined) return (metadata.tables.MethodDef.get(tokenRid(methodDef), 'Flags') & STATIC) === 0;
  return ((signature?.[0] ?? 0) & SignatureFlags.HasThis) !== 0;
}

function hasAttribute({ image: { metadata } }: LoadedAssembly, method: number, attribute: string): boolean {
  const { CustomAttribute, MemberRef, MethodDef } = metadata.tables;
  for (const rid of metadata.customAttributesOf(method as never)) {
    const attributeConstructor = CustomAttribute.column('Type').token(rid);
    const type =
      tokenTable(attributeConstructor) === TableId.MemberRef
        ? MemberRef.column('Class').token(tokenRid(attributeConstructor))
        : MethodDef.has(tokenRid(attributeConstructor))
          ? metadata.declaringType(attributeConstructor as never)
          : undefined;
    if (type !== undefined && typeFullName(metadata, type) === attribute) return true;
  }
  return false;
}
