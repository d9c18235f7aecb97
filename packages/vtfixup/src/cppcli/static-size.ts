// ECMA-335 II.10.7, II.22.8 (ClassLayout): C++/CLI describes native classes and arrays by their size alone.

import { strip } from '@ijw/marshalling';
import { FieldAttributes, isTokenOf, type Metadata, makeToken, type TypeDefToken, tokenRid } from '@ijw/metadata';
import { primitiveSizes } from '@ijw/metadata/layout';
import { decodeFieldSignature, type PrimitiveName, type TypeNode, typeNodes } from '@ijw/metadata/signatures';

/** The type of a field. @throws BadImageError */
export function fieldType(metadata: Metadata, fieldRid: number): TypeNode {
  const blob = metadata.tables.Field.get(fieldRid, 'Signature');
  return decodeFieldSignature(metadata.blobs.reader(blob, 'a field signature'), typeNodes);
}

/** The bytes of a primitive type that is the same on every platform. */
function fixedSize(type: PrimitiveName): number | undefined {
  const size = primitiveSizes[type];
  return typeof size === 'number' ? size : undefined;
}

/** The size of an enumeration is that of its one instance field. */
function singleFieldSize(metadata: Metadata, type: TypeDefToken): number | undefined {
  const { Field } = metadata.tables;
  const fields = [...metadata.fieldsOf(tokenRid(type))].filter((rid) => (Field.get(rid, 'Flags') & FieldAttributes.Static) === 0);
  const only = fields.length === 1 ? strip(fieldType(metadata, fields[0]!)) : undefined;
  return only?.kind === 'primitive' ? fixedSize(only.type) : undefined;
}

/** The bytes that a value of a type takes; `undefined` where the metadata does not say. @throws BadImageError */
export function sizeOfType(metadata: Metadata, modified: TypeNode, pointerSize: 4 | 8): number | undefined {
  const type = strip(modified);
  if (type.kind === 'pointer' || type.kind === 'functionPointer' || type.kind === 'byReference') return pointerSize;
  if (type.kind === 'primitive') return type.type.startsWith('native') ? pointerSize : fixedSize(type.type);
  if (type.kind !== 'named' || !isTokenOf(type.token, 'TypeDef')) return undefined;
  const layout = metadata.findClassLayout(makeToken(0x02, tokenRid(type.token)));
  const size = layout === undefined ? 0 : metadata.tables.ClassLayout.get(layout, 'ClassSize');
  return size || singleFieldSize(metadata, type.token);
}
