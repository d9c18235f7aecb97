// ECMA-335 II.10.7, II.22.8 (ClassLayout): C++/CLI describes native classes and arrays by their size alone.

import {
  decodeFieldSignature,
  isTokenOf,
  type Metadata,
  makeToken,
  type TypeDefToken,
  type TypeNode,
  tokenRid,
  typeNodes,
} from '@ijw/metadata';
import { strip } from '../calls/value-types.ts';

const primitiveSizes: Readonly<Record<string, number>> = {
  bool: 1,
  char: 2,
  int8: 1,
  uint8: 1,
  int16: 2,
  uint16: 2,
  int32: 4,
  uint32: 4,
  int64: 8,
  uint64: 8,
  float32: 4,
  float64: 8,
};

const STATIC = 0x10;

/** The type of a field. @throws BadImageError */
export function fieldType(metadata: Metadata, fieldRid: number): TypeNode {
  const blob = metadata.tables.Field.get(fieldRid, 'Signature');
  return decodeFieldSignature(metadata.blobs.reader(blob, 'a field signature'), typeNodes);
}

/** The size of an enumeration is that of its one instance field. */
function singleFieldSize(metadata: Metadata, type: TypeDefToken): number | undefined {
  const { Field } = metadata.tables;
  const fields = [...metadata.fieldsOf(tokenRid(type))].filter((rid) => (Field.get(rid, 'Flags') & STATIC) === 0);
  const only = fields.length === 1 ? strip(fieldType(metadata, fields[0]!)) : undefined;
  return only?.kind === 'primitive' ? primitiveSizes[only.type] : undefined;
}

/** The bytes that a value of a type takes; `undefined` where the metadata does not say. @throws BadImageError */
export function sizeOfType(metadata: Metadata, modified: TypeNode, pointerSize: 4 | 8): number | undefined {
  const type = strip(modified);
  if (type.kind === 'pointer' || type.kind === 'functionPointer' || type.kind === 'byReference') return pointerSize;
  if (type.kind === 'primitive') return type.type.startsWith('native') ? pointerSize : primitiveSizes[type.type];
  if (type.kind !== 'named' || !isTokenOf(type.token, 'TypeDef')) return undefined;
  const layout = metadata.findClassLayout(makeToken(0x02, tokenRid(type.token)));
  const size = layout === undefined ? 0 : metadata.tables.ClassLayout.get(layout, 'ClassSize');
  return size || singleFieldSize(metadata, type.token);
}
