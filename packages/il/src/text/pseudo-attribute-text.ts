import { type FieldToken, TableId, tokenRid, tokenTable } from '@ijw/metadata';
import type { Disassembly } from './disassembly.ts';

/*
 * Attributes that the runtime's metadata writer stores as columns of other tables and not as rows of CustomAttribute (ECMA-335 II.21.2.1;
 * src/coreclr/md/compiler/custattr_emit.cpp). Strict text uses two where the word of the language makes ilasm write more than the image holds.
 */

/** `mdRequireSecObject`: for the word `reqsecobj` ilasm refers to this attribute's type, also in the library that defines it. */
export function securityObjectAttribute({ options, types }: Disassembly): string | undefined {
  if (!options.strict || types.find('System.Security', 'DynamicSecurityMethodAttribute') === undefined) return undefined;
  return '.custom instance void System.Security.DynamicSecurityMethodAttribute::.ctor() = ( 01 00 00 00 )';
}

/** The offset of a field whose type has no row in ClassLayout: ilasm makes one, 0 and 0, for every class that has a field with `[offset]`. */
export function fieldOffsetAttribute(disassembly: Disassembly, field: FieldToken, offset: number): string | undefined {
  const { metadata, options } = disassembly;
  const owner = metadata.declaringType(field);
  if (!options.strict || offset > 0x7fffffff || metadata.findClassLayout(owner) !== undefined) return undefined;
  const name = fieldOffsetAttributeName(disassembly, tokenRid(owner));
  if (name === undefined) return undefined;
  const bytes = [offset, offset >>> 8, offset >>> 16, offset >>> 24].map((byte) => (byte & 0xff).toString(16).padStart(2, '0'));
  return `.custom instance void ${name}::.ctor(int32) = ( 01 00 ${bytes.join(' ').toUpperCase()} 00 00 )`;
}

/** The attribute of the core library: its own, or that of the assembly which a type's base comes from. */
function fieldOffsetAttributeName({ metadata, references, types }: Disassembly, owner: number): string | undefined {
  const name = 'System.Runtime.InteropServices.FieldOffsetAttribute';
  if (types.find('System.Runtime.InteropServices', 'FieldOffsetAttribute') !== undefined) return name;
  const { TypeDef, TypeRef } = metadata.tables;
  const base = TypeDef.column('Extends').token(owner);
  if (tokenTable(base) !== TableId.TypeRef || metadata.strings.get(TypeRef.get(tokenRid(base), 'Namespace')) !== 'System') return undefined;
  const scope = TypeRef.column('ResolutionScope').token(tokenRid(base));
  return tokenTable(scope) === TableId.AssemblyRef ? `[${references.assembly(tokenRid(scope))}]${name}` : undefined;
}
