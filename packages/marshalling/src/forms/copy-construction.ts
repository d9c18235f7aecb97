// dotnet/runtime `src/coreclr/vm/mlinfo.cpp`, FindCopyCtor and FindDtor; `src/coreclr/vm/ilmarshalers.cpp`, ILBlittableValueClassWithCopyCtorMarshaler; dotnet/runtime#106424.

import {
  isTokenOf,
  type Metadata,
  MethodAttributes,
  type MethodDefToken,
  makeToken,
  methodFullName,
  TableId,
  type Token,
  type TypeDefToken,
  tokenRid,
  typeFullName,
} from '@ijw/metadata';
import type { TypeNode } from '@ijw/metadata/signatures';
import type { RuntimeFamily } from '../runtime-family.ts';

/** The destination of the copy of a C++ object that is passed to native code. */
export type CopyPlace =
  /** Into the argument's own place on the native stack, so that `this` stays what it is (x86). */
  | 'argument'
  /** Into a local of the stub, whose address is passed (64-bit, up to .NET 9 and on .NET Framework). */
  | 'local'
  /** No copy: the address from managed code is passed unchanged (64-bit, since .NET 10). */
  | 'nowhere';

/** A managed method that C++/CLI gives a type for this. */
export interface MarshallingMethod {
  readonly token: MethodDefToken;
  readonly name: string;
}

/** The work of the stub for a parameter whose C++ type has a copy constructor. */
export interface CopyConstruction {
  readonly place: CopyPlace;
  /** Bytes of the object. */
  readonly size: number;
  /** `<MarshalCopy>` of the type, called with the new and the old address; without one the bits are copied. */
  readonly copyConstructor?: MarshallingMethod;
  /** `<MarshalDestroy>` of the type, called for what was copied from. */
  readonly destructor?: MarshallingMethod;
}

const MODIFIERS: ReadonlySet<string> = new Set([
  'System.Runtime.CompilerServices.IsCopyConstructed',
  'Microsoft.VisualC.NeedsCopyConstructorModifier',
]);

export const copyPlace = (is32Bit: boolean, host: RuntimeFamily): CopyPlace =>
  is32Bit ? 'argument' : host === 'framework' ? 'local' : 'nowhere';

/** The value type that a pointer or a reference marked as copy-constructed leads to. */
export function copyConstructedType(metadata: Metadata, type: TypeNode): (TypeNode & { readonly kind: 'named' }) | undefined {
  if (type.kind !== 'pointer' && type.kind !== 'byReference') return undefined;
  let marked = false;
  let inner = type.element;
  for (; inner.kind === 'modified'; inner = inner.unmodified) {
    const { modifier, required } = inner;
    marked ||=
      required &&
      modifier.kind === 'named' &&
      !isTokenOf(modifier.token, 'TypeSpec') &&
      MODIFIERS.has(typeFullName(metadata, modifier.token));
  }
  return marked && inner.kind === 'named' && inner.valueType ? inner : undefined;
}

/** A method of the type with a special name. */
function specialMethod(metadata: Metadata, type: TypeDefToken, name: string): MarshallingMethod | undefined {
  const { MethodDef } = metadata.tables;
  for (const rid of metadata.methodsOf(tokenRid(type))) {
    const isSpecial = (MethodDef.get(rid, 'Flags') & MethodAttributes.SpecialName) !== 0;
    if (!isSpecial || !metadata.strings.get(MethodDef.get(rid, 'Name')).endsWith(name)) continue;
    const token = makeToken(TableId.MethodDef, rid);
    return { token, name: methodFullName(metadata, token) };
  }
  return undefined;
}

/** @throws BadImageError */
export function copyConstructionOf(metadata: Metadata, type: Token, size: number, place: CopyPlace): CopyConstruction {
  if (!isTokenOf(type, 'TypeDef')) return { place, size };
  const copyConstructor = specialMethod(metadata, type, '<MarshalCopy>');
  const destructor = specialMethod(metadata, type, '<MarshalDestroy>');
  return { place, size, ...(copyConstructor !== undefined && { copyConstructor }), ...(destructor !== undefined && { destructor }) };
}
