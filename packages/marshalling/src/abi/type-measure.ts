import {
  type EnumUnderlyingTypeName,
  enumUnderlyingType,
  isEnumeration,
  isTokenOf,
  type Metadata,
  type Token,
  type TypeDefToken,
  typeFullName,
  typeText,
} from '@ijw/metadata';
import { TypeSizes } from '@ijw/metadata/layout';
import type { Resolver } from '@ijw/metadata/resolution';
import type { PrimitiveName, TypeNode } from '@ijw/metadata/signatures';
import { type AbiType, notKnown, pointerType, type Unsupported, unsupported, VOID } from './abi-type.ts';
import { homogeneousFloats } from './homogeneous-float.ts';

const integer = (size: 1 | 2 | 4 | 8, signed = false): AbiType => ({ kind: 'integer', size, signed });

/** What an enumeration may be of (ECMA-335 II.14.3), by the names of the metadata reader. */
export const ENUM_PRIMITIVES: Readonly<Record<EnumUnderlyingTypeName, PrimitiveName>> = {
  boolean: 'bool',
  char: 'char',
  i1: 'int8',
  u1: 'uint8',
  i2: 'int16',
  u2: 'uint16',
  i4: 'int32',
  u4: 'uint32',
  i8: 'int64',
  u8: 'uint64',
};

/** ECMA-335 I.12.1. Types that are not listed have the size of a pointer, except `typedref`. */
const PRIMITIVES: Partial<Record<PrimitiveName, AbiType>> = {
  void: VOID,
  bool: integer(1),
  char: integer(2),
  int8: integer(1, true),
  uint8: integer(1),
  int16: integer(2, true),
  uint16: integer(2),
  int32: integer(4, true),
  uint32: integer(4),
  int64: integer(8, true),
  uint64: integer(8),
  float32: { kind: 'float', size: 4 },
  float64: { kind: 'float', size: 8 },
};

/** Value types of the core library whose form is part of the interoperability contract; other types need their assembly. */
const CORE_TYPES: Readonly<Record<string, AbiType | 'pointer'>> = {
  'System.Guid': { kind: 'aggregate', size: 16, alignment: 4 },
  'System.Decimal': { kind: 'aggregate', size: 16, alignment: 8 },
  'System.DateTime': { kind: 'aggregate', size: 8, alignment: 8 },
  'System.TimeSpan': { kind: 'aggregate', size: 8, alignment: 8 },
  'System.Runtime.InteropServices.GCHandle': 'pointer',
  'System.IntPtr': 'pointer',
  'System.UIntPtr': 'pointer',
};

/** Forms of the types of one metadata as managed code holds them. Value types of other assemblies are looked up where there is a resolver, never guessed. */
export class TypeMeasure {
  readonly pointerSize: 4 | 8;
  readonly #metadata: Metadata;
  readonly #resolver: Resolver | undefined;
  readonly #sizes: TypeSizes;
  readonly #definitions = new Map<TypeDefToken, AbiType | Unsupported>();

  constructor(metadata: Metadata, pointerSize: 4 | 8, resolver?: Resolver) {
    this.pointerSize = pointerSize;
    this.#metadata = metadata;
    this.#resolver = resolver;
    this.#sizes = new TypeSizes(metadata, { pointerSize, ...(resolver && { resolver }) });
  }

  /** @throws BadImageError */
  of(type: TypeNode): AbiType | Unsupported {
    switch (type.kind) {
      case 'primitive':
        if (type.type === 'typedref') return unsupported('A typed reference has no native form');
        return PRIMITIVES[type.type] ?? pointerType(this.pointerSize);
      case 'named':
        return type.valueType ? this.#valueType(type.token) : pointerType(this.pointerSize);
      case 'modified':
        return this.of(type.unmodified);
      case 'pinned':
        return this.of(type.element);
      case 'genericInstance':
        return this.#instance(type);
      case 'genericTypeParameter':
      case 'genericMethodParameter':
        return unsupported('A generic parameter has no form of its own');
      default:
        return pointerType(this.pointerSize);
    }
  }

  /** Returns true if a structure has fields that are object references. @throws BadImageError */
  holdsReferences(type: TypeNode): boolean {
    return this.#sizes.of(type)?.references ?? false;
  }

  #instance(type: TypeNode & { readonly kind: 'genericInstance' }): AbiType | Unsupported {
    if (type.generic.kind === 'named' && !type.generic.valueType) return pointerType(this.pointerSize);
    const extent = this.#sizes.of(type);
    return extent ? { kind: 'aggregate', ...extent } : notKnown(`${typeText(this.#metadata, type)} is defined in another assembly`);
  }

  #valueType(token: Token): AbiType | Unsupported {
    if (isTokenOf(token, 'TypeDef')) return this.#definition(token);
    const name = isTokenOf(token, 'TypeSpec') ? 'A type specification' : typeFullName(this.#metadata, token);
    const known = CORE_TYPES[name];
    if (known) return known === 'pointer' ? pointerType(this.pointerSize) : known;
    const type = this.#resolver?.type(this.#metadata, token);
    if (type?.kind === 'type') return new TypeMeasure(type.metadata, this.pointerSize, this.#resolver).#definition(type.token);
    return notKnown(`${name} is defined in another assembly, its size is not known`, name);
  }

  #definition(token: TypeDefToken): AbiType | Unsupported {
    const known = this.#definitions.get(token);
    if (known) return known;
    const measured = this.#measure(token);
    this.#definitions.set(token, measured);
    return measured;
  }

  #measure(token: TypeDefToken): AbiType | Unsupported {
    if (isEnumeration(this.#metadata, token)) {
      const underlying = enumUnderlyingType(this.#metadata, token);
      return (
        (underlying && PRIMITIVES[ENUM_PRIMITIVES[underlying]]) ??
        unsupported(`${typeFullName(this.#metadata, token)} has no underlying type`)
      );
    }
    const extent = this.#sizes.ofDefinition(token);
    if (!extent) return notKnown(`${typeFullName(this.#metadata, token)} has a field of a type of another assembly`);
    const homogeneous = homogeneousFloats(this.#metadata, token, extent.size);
    return { kind: 'aggregate', ...extent, ...(homogeneous && { homogeneous }) };
  }
}
