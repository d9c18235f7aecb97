// ECMA-335 II.22.15: the rows of Field that a type owns.

import type { Metadata } from './metadata.ts';
import { decodeFieldSignature } from './signatures/decode-signature.ts';
import { type TypeNode, typeNodes } from './signatures/type-node.ts';
import { FieldAttributes } from './tables/metadata-flags.ts';
import { type TypeDefToken, tokenRid } from './tables/token.ts';

/** The rows of the fields that every value of a type has, in their order. @throws BadImageError */
export function* instanceFields(metadata: Metadata, type: TypeDefToken): Generator<number> {
  const { Field } = metadata.tables;
  for (const rid of metadata.fieldsOf(tokenRid(type))) if ((Field.get(rid, 'Flags') & FieldAttributes.Static) === 0) yield rid;
}

/** The type of a field, by its row. @throws BadImageError */
export function fieldTypeOf(metadata: Metadata, rid: number): TypeNode {
  const blob = metadata.tables.Field.get(rid, 'Signature');
  return decodeFieldSignature(metadata.blobs.reader(blob, 'the signature of a field'), typeNodes);
}
