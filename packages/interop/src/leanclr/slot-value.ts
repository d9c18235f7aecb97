import { UnsupportedError } from '@ijw/binary';
import {
  type Extent,
  type Metadata,
  type PrimitiveName,
  TableId,
  type Token,
  type TypeNode,
  TypeSizes,
  tokenRid,
  tokenTable,
  typeFullName,
} from '@ijw/metadata';
import type { SlotType } from './argument-slots.ts';

/** A value as it lies in LeanCLR's slots, and the type that C++ takes it with. */
export interface SlotValueType {
  readonly slot: SlotType | { readonly struct: number };
  /** `int32_t`, `void*`, or the bytes of a structure. */
  readonly cpp: string;
}

const value = (slot: SlotType, cpp: string): SlotValueType => ({ slot, cpp });
const POINTER = value('pointer', 'void*');

const PRIMITIVES: Readonly<Record<PrimitiveName, SlotValueType | undefined>> = {
  void: undefined,
  bool: value('bool', 'bool'),
  char: value('char16', 'uint16_t'),
  int8: value('int8', 'int8_t'),
  uint8: value('uint8', 'uint8_t'),
  int16: value('int16', 'int16_t'),
  uint16: value('uint16', 'uint16_t'),
  int32: value('int32', 'int32_t'),
  uint32: value('uint32', 'uint32_t'),
  int64: value('int64', 'int64_t'),
  uint64: value('uint64', 'uint64_t'),
  float32: value('float', 'float'),
  float64: value('double', 'double'),
  'native int': value('pointer', 'intptr_t'),
  'native uint': value('pointer', 'uintptr_t'),
  string: POINTER,
  object: POINTER,
  typedref: { slot: { struct: 16 }, cpp: 'ijw_struct<16>' },
};

/** Slots hold managed layouts for 64-bit pointers; the values of a 32-bit build differ only in structures with pointers. */
export class SlotValues {
  readonly #metadata: Metadata;
  readonly #sizes: TypeSizes;

  constructor(metadata: Metadata) {
    this.#metadata = metadata;
    this.#sizes = new TypeSizes(metadata, { pointerSize: 8 });
  }

  /** `undefined` for `void`. @throws UnsupportedError for a structure whose size is not known */
  of(type: TypeNode): SlotValueType | undefined {
    switch (type.kind) {
      case 'primitive':
        return PRIMITIVES[type.type];
      case 'modified':
        return this.of(type.unmodified);
      case 'pinned':
        return this.of(type.element);
      case 'named':
        return type.valueType ? this.#structure(type, typeFullName(this.#metadata, type.token)) : POINTER;
      case 'genericInstance':
        return type.generic.kind === 'named' && type.generic.valueType ? this.#structure(type, 'a generic structure') : POINTER;
      case 'genericTypeParameter':
      case 'genericMethodParameter':
        throw new UnsupportedError('the size of a type parameter is not known');
      default:
        return POINTER;
    }
  }

  #structure(type: TypeNode, name: string): SlotValueType {
    const underlying = type.kind === 'named' ? this.#underlying(type.token) : undefined;
    if (underlying !== undefined) return underlying;
    const known = CORE_STRUCTURES[name];
    if (known !== undefined) return known;
    const extent = this.#sizes.of(type) ?? this.#nullable(type);
    if (extent === undefined) throw new UnsupportedError(`the size of ${name} is not known: it or a part of it is in another assembly`);
    return { slot: { struct: extent.size }, cpp: `ijw_struct<${extent.size}>` };
  }

  /** `Nullable<T>`, which is in another assembly: a `bool` and a `T`, in whichever order. */
  #nullable(type: TypeNode): Extent | undefined {
    if (type.kind !== 'genericInstance' || type.generic.kind !== 'named') return undefined;
    if (typeFullName(this.#metadata, type.generic.token) !== 'System.Nullable`1') return undefined;
    const [argument] = type.arguments;
    const value = argument && this.#sizes.of(argument);
    return value && { ...value, size: Math.ceil((value.size + 1) / value.alignment) * value.alignment };
  }

  /** An enumeration is passed as its integer. */
  #underlying(token: Token): SlotValueType | undefined {
    const { TypeDef, Field } = this.#metadata.tables;
    if (tokenTable(token) !== TableId.TypeDef) return undefined;
    const rid = tokenRid(token);
    if (typeFullName(this.#metadata, TypeDef.column('Extends').token(rid)) !== 'System.Enum') return undefined;
    for (const field of this.#metadata.fieldsOf(rid)) {
      if (Field.get(field, 'Flags') & 0x10) continue;
      const code = this.#metadata.blobs.get(Field.get(field, 'Signature'))[1] ?? 0;
      return BY_ELEMENT_TYPE[code];
    }
    return undefined;
  }
}

/** Structures of the core library that other assemblies pass. */
const CORE_STRUCTURES: Readonly<Record<string, SlotValueType>> = {
  'System.IntPtr': value('pointer', 'intptr_t'),
  'System.UIntPtr': value('pointer', 'uintptr_t'),
  'System.Guid': { slot: { struct: 16 }, cpp: 'ijw_struct<16>' },
  'System.Decimal': { slot: { struct: 16 }, cpp: 'ijw_struct<16>' },
  'System.DateTime': { slot: { struct: 8 }, cpp: 'ijw_struct<8>' },
  'System.TimeSpan': { slot: { struct: 8 }, cpp: 'ijw_struct<8>' },
};

const BY_ELEMENT_TYPE: Readonly<Record<number, SlotValueType | undefined>> = {
  2: PRIMITIVES.bool,
  3: PRIMITIVES.char,
  4: PRIMITIVES.int8,
  5: PRIMITIVES.uint8,
  6: PRIMITIVES.int16,
  7: PRIMITIVES.uint16,
  8: PRIMITIVES.int32,
  9: PRIMITIVES.uint32,
  10: PRIMITIVES.int64,
  11: PRIMITIVES.uint64,
  24: PRIMITIVES['native int'],
  25: PRIMITIVES['native uint'],
};
