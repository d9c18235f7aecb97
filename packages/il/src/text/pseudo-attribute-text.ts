import type { FieldToken } from '@ijw/metadata';
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

/**
 * The offset of a field whose type has no row in ClassLayout: ilasm makes one, 0 and 0, for every class that has a field with `[offset]`. Only in the library
 * that defines the attribute: in others its name would leave references that the image does not have.
 */
export function fieldOffsetAttribute({ metadata, options, types }: Disassembly, field: FieldToken, offset: number): string | undefined {
  if (!options.strict || offset > 0x7fffffff || types.find('System.Runtime.InteropServices', 'FieldOffsetAttribute') === undefined)
    return undefined;
  if (metadata.findClassLayout(metadata.declaringType(field)) !== undefined) return undefined;
  const bytes = [offset, offset >>> 8, offset >>> 16, offset >>> 24].map((byte) => (byte & 0xff).toString(16).padStart(2, '0'));
  return `.custom instance void System.Runtime.InteropServices.FieldOffsetAttribute::.ctor(int32) = ( 01 00 ${bytes.join(' ').toUpperCase()} 00 00 )`;
}
