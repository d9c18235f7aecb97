// dotnet/runtime `src/coreclr/vm/class.cpp`, EEClass::CheckForHFA and MethodTable::GetNativeHFAType.

import { fieldTypeOf, instanceFields, isTokenOf, type Metadata, TypeAttributes, type TypeDefToken, tokenRid } from '@ijw/metadata';
import type { TypeNode } from '@ijw/metadata/signatures';

const LARGEST_COUNT = 4;
/** The greatest nesting of structures; it also ends types that contain one another. */
const DEPTH_LIMIT = 32;

/**
 * The elements of a structure that is one to four floating-point values of one type. The types of the fields and the total size decide, not the number of fields: a C++ type has one
 * field, `<alignment member>`, and its real size in ClassLayout. @throws BadImageError
 */
export function homogeneousFloats(
  metadata: Metadata,
  type: TypeDefToken,
  size: number,
): { readonly elementSize: 4 | 8; readonly count: number } | undefined {
  const elementSize = elementSizeOf(metadata, type, 0);
  if (elementSize === undefined) return undefined;
  const count = size / elementSize;
  return Number.isInteger(count) && count >= 1 && count <= LARGEST_COUNT ? { elementSize, count } : undefined;
}

function elementSizeOf(metadata: Metadata, type: TypeDefToken, depth: number): 4 | 8 | undefined {
  const { TypeDef } = metadata.tables;
  if (depth > DEPTH_LIMIT || (TypeDef.get(tokenRid(type), 'Flags') & TypeAttributes.LayoutMask) === TypeAttributes.ExplicitLayout)
    return undefined;
  let common: 4 | 8 | undefined;
  for (const rid of instanceFields(metadata, type)) {
    const own = floatSize(metadata, fieldTypeOf(metadata, rid), depth);
    if (own === undefined || (common !== undefined && own !== common)) return undefined;
    common = own;
  }
  return common;
}

function floatSize(metadata: Metadata, type: TypeNode, depth: number): 4 | 8 | undefined {
  if (type.kind === 'modified') return floatSize(metadata, type.unmodified, depth);
  if (type.kind === 'primitive') return type.type === 'float32' ? 4 : type.type === 'float64' ? 8 : undefined;
  const isOwn = type.kind === 'named' && type.valueType && isTokenOf(type.token, 'TypeDef');
  return isOwn ? elementSizeOf(metadata, type.token as TypeDefToken, depth + 1) : undefined;
}
