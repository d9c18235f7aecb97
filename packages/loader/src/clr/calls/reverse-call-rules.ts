import { ifReadable } from '@ijw/binary';
import { MethodAttributes, type MethodDefToken, tokenRid, typeFullName } from '@ijw/metadata';
import { attributeTypeOf } from '@ijw/metadata/attributes';
import { SignatureFlags } from '@ijw/metadata/signatures';
import { clrException, HResult } from '../../load/clr-error.ts';
import type { ClrException } from '../../load/load-refusal.ts';
import type { LoadedAssembly } from '../bind/load-context.ts';
import type { ResolvedMethod } from '../fixups/resolve-fixup-token.ts';

const UNMANAGED_CALLERS_ONLY = 'System.Runtime.InteropServices.UnmanagedCallersOnlyAttribute';

/**
 * The errors of a method at the first call through a slot of type P|4 or P|8, when the runtime makes the marshalling stub
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
  if (methodDef !== undefined) return (metadata.tables.MethodDef.get(tokenRid(methodDef), 'Flags') & MethodAttributes.Static) === 0;
  return ((signature?.[0] ?? 0) & SignatureFlags.HasThis) !== 0;
}

/** An attribute that cannot be read is not the one in question. */
function hasAttribute({ image: { metadata } }: LoadedAssembly, method: MethodDefToken, attribute: string): boolean {
  const nameOf = (rid: number): string | undefined => ifReadable(() => typeFullName(metadata, attributeTypeOf(metadata, rid)));
  return [...metadata.customAttributesOf(method)].some((rid) => nameOf(rid) === attribute);
}
