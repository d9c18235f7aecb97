// The targets of pointers, which are never marshalled: managed forms that C can express.

import { enumUnderlyingType, isTokenOf, type Metadata, type Token, typeFullName } from '@ijw/metadata';
import { CallingConvention, type MethodSignature, type PrimitiveName, type TypeNode } from '@ijw/metadata/signatures';
import { ENUM_PRIMITIVES } from '../abi/type-measure.ts';
import { DECIMAL, GUID, TIME_SPAN } from '../native/core-structures.ts';
import { ADDRESS, lazyPointer, type NativeTree, type ScalarName, scalar, VOID_TREE } from '../native/native-tree.ts';
import { type FormSource, isUnsupported } from './native-form.ts';

/** Primitive types as they lie in memory. */
const SCALAR_OF: Readonly<Partial<Record<PrimitiveName, ScalarName>>> = {
  bool: 'uint8',
  char: 'char16',
  int8: 'int8',
  uint8: 'uint8',
  int16: 'int16',
  uint16: 'uint16',
  int32: 'int32',
  uint32: 'uint32',
  int64: 'int64',
  uint64: 'uint64',
  float32: 'float',
  float64: 'double',
  'native int': 'intptr',
  'native uint': 'uintptr',
};

/** Value types of the core library that have a tree without their assembly. */
export const CORE_TREES: Readonly<Record<string, NativeTree>> = {
  'System.IntPtr': scalar('intptr'),
  'System.UIntPtr': scalar('uintptr'),
  'System.Guid': GUID,
  'System.Decimal': DECIMAL,
  'System.DateTime': scalar('double'),
  'System.TimeSpan': TIME_SPAN,
  'System.Runtime.InteropServices.HandleRef': ADDRESS,
  'System.Runtime.InteropServices.GCHandle': scalar('intptr'),
  'System.RuntimeTypeHandle': ADDRESS,
};

export function primitiveTree(type: PrimitiveName): NativeTree {
  const name = SCALAR_OF[type];
  return name === undefined ? VOID_TREE : scalar(name);
}

/** An enumeration is its integer; one whose definition is not known counts as `int`. @throws BadImageError */
export function enumTree(metadata: Metadata, token: Token): NativeTree {
  const underlying = isTokenOf(token, 'TypeDef') ? enumUnderlyingType(metadata, token) : undefined;
  return underlying === undefined ? scalar('int32') : primitiveTree(ENUM_PRIMITIVES[underlying]);
}

export const pointerTree = (source: FormSource, type: TypeNode & { readonly kind: 'pointer' | 'functionPointer' }): NativeTree =>
  type.kind === 'pointer' ? lazyPointer(() => pointeeTree(source, type.element)) : functionTree(source, type.signature);

/** `void` where nothing is known of the target. @throws BadImageError */
function pointeeTree(source: FormSource, type: TypeNode): NativeTree {
  switch (type.kind) {
    case 'modified':
      return pointeeTree(source, type.unmodified);
    case 'primitive':
      return primitiveTree(type.type);
    case 'pointer':
    case 'functionPointer':
      return pointerTree(source, type);
    case 'named':
      return type.valueType ? valueTypeTree(source, type.token) : VOID_TREE;
    default:
      return VOID_TREE;
  }
}

function valueTypeTree(source: FormSource, token: Token): NativeTree {
  if (isTokenOf(token, 'TypeSpec')) return VOID_TREE;
  const known = CORE_TREES[typeFullName(source.metadata, token)];
  if (known) return known;
  const at = isTokenOf(token, 'TypeDef') ? { source, token } : source.definition(token);
  if (!at) return VOID_TREE;
  if (at.source.valueTypes.natureOf(at.token) === 'enum') return enumTree(at.source.metadata, at.token);
  const struct = at.source.structures.named(at.source, at.token);
  return struct.fields === undefined ? VOID_TREE : { kind: 'struct', struct };
}

const CONVENTIONS: Readonly<Record<number, string>> = { 1: 'cdecl', 2: 'stdcall', 3: 'thiscall', 4: 'fastcall' };

/** A pointer to a function; an address where a type of its signature has no native form. */
export function functionTree(source: FormSource, { header, returnType, parameterTypes }: MethodSignature<TypeNode>): NativeTree {
  if ((header & 0xf) === CallingConvention.VarArg) return ADDRESS;
  const trees: NativeTree[] = [];
  for (const [position, type] of [returnType, ...parameterTypes].entries()) {
    const form = source.form(type, { nativeType: undefined, wide: false, isResult: position === 0 });
    if (isUnsupported(form)) return ADDRESS;
    trees.push(form.native);
  }
  const [result = VOID_TREE, ...parameters] = trees;
  return { kind: 'function', convention: CONVENTIONS[header & 0xf] ?? 'platform', returnType: result, parameters };
}
