import { hexDigits, ifReadable } from '@ijw/binary';
import { type FieldToken, TableId } from '@ijw/metadata';
import type { Disassembly } from './disassembly.ts';

/*
 * Attributes that the runtime's metadata writer stores as columns of other tables and not as rows of CustomAttribute (ECMA-335 II.21.2.1;
 * src/coreclr/md/compiler/custattr_emit.cpp). Strict text uses two where the word of the language makes ilasm write more than the image holds.
 */

/** Types do not enclose each other deeper. */
const MAX_NESTING = 100;

/** Whether the module defines a type; not where the names of its types cannot all be read. */
export const definesType = ({ types }: Pick<Disassembly, 'types'>, namespace: string, name: string): boolean =>
  ifReadable(() => types.find(namespace, name)) !== undefined;

/** `mdRequireSecObject`: for the word `reqsecobj` ilasm refers to this attribute's type, also in the library that defines it. */
export function securityObjectAttribute({ options, types }: Disassembly): string | undefined {
  if (!options.strict || !definesType({ types }, 'System.Security', 'DynamicSecurityMethodAttribute')) return undefined;
  return '.custom instance void System.Security.DynamicSecurityMethodAttribute::.ctor() = ( 01 00 00 00 )';
}

/**
 * Whether a type reference is to the module itself (ECMA-335 II.22.38), which does not define the type: `reqsecobj` leaves one for the attribute that it
 * stands for. ilasm refuses such a name, and makes the reference again by itself where the word makes it.
 */
export function isUndefinedHere({ metadata, types }: Pick<Disassembly, 'metadata' | 'types'>, reference: number, depth = 0): boolean {
  const { TypeRef } = metadata.tables;
  const rid = reference & 0xffffff;
  if (reference >>> 24 !== TableId.TypeRef || !TypeRef.has(rid) || depth > MAX_NESTING) return false;
  const scope = TypeRef.column('ResolutionScope').tokenOrBad(rid);
  if (scope >>> 24 === TableId.TypeRef) return isUndefinedHere({ metadata, types }, scope, depth + 1);
  if (scope >>> 24 !== TableId.Module) return false;
  const name = ifReadable(() => metadata.strings.get(TypeRef.get(rid, 'Name')));
  const namespace = ifReadable(() => metadata.strings.get(TypeRef.get(rid, 'Namespace')));
  return name !== undefined && namespace !== undefined && !definesType({ types }, namespace, name);
}

/**
 * The offset of a field whose type has no row in ClassLayout: ilasm makes one, 0 and 0, for every class that has a field with `[offset]`. Only in the library
 * that defines the attribute: in others its name would leave references that the image does not have.
 */
export function fieldOffsetAttribute({ metadata, options, types }: Disassembly, field: FieldToken, offset: number): string | undefined {
  if (!options.strict || offset > 0x7fffffff || !definesType({ types }, 'System.Runtime.InteropServices', 'FieldOffsetAttribute'))
    return undefined;
  if (metadata.findClassLayout(metadata.declaringType(field)) !== undefined) return undefined;
  const bytes = [offset, offset >>> 8, offset >>> 16, offset >>> 24].map((byte) => hexDigits(byte & 0xff, 2));
  return `.custom instance void System.Runtime.InteropServices.FieldOffsetAttribute::.ctor(int32) = ( 01 00 ${bytes.join(' ').toUpperCase()} 00 00 )`;
}
