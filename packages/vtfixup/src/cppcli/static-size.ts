// ECMA-335 II.10.7, II.22.8 (ClassLayout): C++/CLI describes native classes and arrays by their size alone.

import { strip } from '@ijw/marshalling';
import { fieldTypeOf, instanceFields, isTokenOf, type Metadata, makeToken, type TypeDefToken, tokenRid } from '@ijw/metadata';
import { primitiveSizes } from '@ijw/metadata/layout';
import type { PrimitiveName, TypeNode } from '@ijw/metadata/signatures';

/** The bytes of a primitive type that is the same on every platform. */
function fixedSize(type: PrimitiveName): number | undefined {
  const size = primitiveSizes[type];
  return typeof size === 'number' ? size : undefined;
}

/** The size of an enumeration is that of its one instance field. */
function singleFieldSize(metadata: Metadata, type: TypeDefToken): number | undefined {
  const [first, ...others] = instanceFields(metadata, type);
  const only = first === undefined || others.length > 0 ? undefined : strip(fieldTypeOf(metadata, first));
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
