import { type ByteReader, ByteWriter } from '@ijw/binary';
import type { NamedAttributeArgument } from '../attributes/custom-attribute-value.ts';
import { type AttributeValueContext, readNamedArguments } from '../attributes/read-attribute-value.ts';
import { readUtf8 } from '../attributes/serialized-string.ts';
import { writeNamedArguments } from '../attributes/write-attribute-value.ts';

/** One security attribute of a permission set. */
export interface SecurityAttribute {
  /** Serialized name of the attribute's type, assembly-qualified where it is not in this assembly. */
  readonly typeName: string;
  readonly namedArguments: readonly NamedAttributeArgument[];
}

/** The blob of a DeclSecurity row: the binary form of .NET 2.0 (ECMA-335 II.22.11), or the XML of 1.x, as UTF-16. */
export type PermissionSet =
  | { readonly format: 'binary'; readonly attributes: readonly SecurityAttribute[] }
  | { readonly format: 'xml'; readonly text: string };

/** '.', which no XML starts with. */
const BINARY_MARK = 0x2e;

function readSecurityAttribute(reader: ByteReader, context: AttributeValueContext): SecurityAttribute {
  const typeName = readUtf8(reader, reader.compressedUnsigned());
  const properties = reader.slice(reader.compressedUnsigned(), 'a security attribute');
  return { typeName, namedArguments: readNamedArguments(properties, properties.compressedUnsigned(), context) };
}

/** Reads the blob of a DeclSecurity row. Throws `BadImageError`. */
export function readPermissionSet(reader: ByteReader, context: AttributeValueContext): PermissionSet {
  if (reader.peek() !== BINARY_MARK) {
    const units: string[] = [];
    while (reader.remaining >= 2) units.push(String.fromCharCode(reader.u16()));
    return { format: 'xml', text: units.join('') };
  }
  reader.skip(1);
  // An attribute is at least an empty name and a length of one byte that counts no arguments.
  const count = reader.count(reader.compressedUnsigned(), 2);
  const attributes: SecurityAttribute[] = [];
  for (let index = 0; index < count; index++) attributes.push(readSecurityAttribute(reader, context));
  return { format: 'binary', attributes };
}

/** The twin of `readPermissionSet`. */
export function writePermissionSet(set: PermissionSet): Uint8Array {
  const writer = new ByteWriter();
  if (set.format === 'xml') return writer.utf16(set.text).toBytes();
  writer.u8(BINARY_MARK).compressedUnsigned(set.attributes.length);
  for (const { typeName, namedArguments } of set.attributes) {
    const name = new TextEncoder().encode(typeName);
    const properties = new ByteWriter().compressedUnsigned(namedArguments.length);
    writeNamedArguments(properties, namedArguments);
    writer.compressedUnsigned(name.length).bytes(name).compressedUnsigned(properties.length).bytes(properties.toBytes());
  }
  return writer.toBytes();
}
