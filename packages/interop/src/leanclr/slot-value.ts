import { alignUp, UnsupportedError } from '@ijw/binary';
import { abiSize, ENUM_PRIMITIVES, TypeMeasure, ValueTypes } from '@ijw/marshalling';
import { enumUnderlyingType, isTokenOf, type Metadata, type Token, typeFullName } from '@ijw/metadata';
import type { PrimitiveName, TypeNode } from '@ijw/metadata/signatures';
import type { SlotType } from './argument-slots.ts';

/** A value in LeanCLR's slots, and its type in C++. */
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
  readonly #measure: TypeMeasure;
  readonly #valueTypes: ValueTypes;

  constructor(metadata: Metadata) {
    this.#metadata = metadata;
    this.#measure = new TypeMeasure(metadata, 8);
    this.#valueTypes = new ValueTypes({ metadata });
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
    const pointer = POINTER_SIZED[name];
    if (pointer !== undefined) return value('pointer', pointer);
    const abi = this.#measure.of(type);
    const size = abi.kind === 'unsupported' ? this.#nullable(type) : abiSize(abi);
    if (size === undefined) throw new UnsupportedError(`the size of ${name} is not known: it or a part of it is in another assembly`);
    return { slot: { struct: size }, cpp: `ijw_struct<${size}>` };
  }

  /** `Nullable<T>`, which is in another assembly: a `bool` and a `T`, in whichever order. */
  #nullable(type: TypeNode): number | undefined {
    if (type.kind !== 'genericInstance' || type.generic.kind !== 'named') return undefined;
    if (typeFullName(this.#metadata, type.generic.token) !== 'System.Nullable`1') return undefined;
    const [argument] = type.arguments;
    const held = argument && this.#measure.of(argument);
    if (held === undefined || held.kind === 'unsupported') return undefined;
    const alignment = held.kind === 'aggregate' ? held.alignment : Math.max(1, abiSize(held));
    return alignUp(abiSize(held) + 1, alignment);
  }

  /** An enumeration is passed as its integer. */
  #underlying(token: Token): SlotValueType | undefined {
    const isEnum = isTokenOf(token, 'TypeDef') && this.#valueTypes.natureOf(token) === 'enum';
    const underlying = isEnum ? enumUnderlyingType(this.#metadata, token) : undefined;
    return underlying && PRIMITIVES[ENUM_PRIMITIVES[underlying]];
  }
}

/** The two native integers as types of the core library. */
const POINTER_SIZED: Readonly<Record<string, string>> = { 'System.IntPtr': 'intptr_t', 'System.UIntPtr': 'uintptr_t' };
