// dotnet/runtime `src/coreclr/vm/mlinfo.cpp`, MarshalInfo: what a parameter is on the native side when nothing else is said, and what MarshalAs makes of it.

import {
  type Metadata,
  type MethodDefToken,
  makeToken,
  NativeType,
  readMarshallingDescriptor,
  type TypeNode,
  tokenRid,
  typeText,
} from '@ijw/metadata';
import { ValueTypes } from '@ijw/vtfixup';
import { type AbiType, abiSize, pointerType, type Unsupported, unsupported } from '../abi/abi-type.ts';
import type { TypeMeasure } from '../abi/type-measure.ts';

/** How one parameter or the result crosses. */
export interface MarshalledValue {
  /** 0 for the result, parameters from 1. */
  readonly position: number;
  /** The managed type as C# writes it. */
  readonly managed: string;
  /** What native code passes or gets. */
  readonly native: string;
  /** Bytes of the native value. */
  readonly nativeSize: number;
  readonly abi: AbiType;
  /** Both sides hold the same bits. */
  readonly blittable: boolean;
  readonly why: string;
}

interface NativeForm {
  readonly native: string;
  readonly abi: AbiType;
  readonly blittable: boolean;
  readonly why: string;
}

const integer = (size: 1 | 2 | 4 | 8, signed = false): AbiType => ({ kind: 'integer', size, signed });
const converted = (native: string, abi: AbiType, why: string): NativeForm => ({ native, abi, blittable: false, why });

const BYTE_BOOL = converted('bool (1 byte)', integer(1), 'MarshalAs says one byte; not 0 is true');

/** By the native type of the descriptor; `undefined` is the default. */
const BOOL_FORMS = new Map<number | undefined, NativeForm>([
  [undefined, converted('BOOL', integer(4, true), 'A bool is a BOOL of four bytes where nothing else is said')],
  [NativeType.boolean, converted('BOOL', integer(4, true), 'MarshalAs says BOOL')],
  [NativeType.u1, BYTE_BOOL],
  [NativeType.i1, BYTE_BOOL],
  [NativeType.variantBool, converted('VARIANT_BOOL', integer(2, true), 'MarshalAs says VARIANT_BOOL')],
]);

const ANSI_CHAR = converted('char', integer(1, true), 'A char is converted to the ANSI code page');
const WIDE_CHAR: NativeForm = { native: 'wchar_t', abi: integer(2), blittable: true, why: 'MarshalAs says two bytes' };

const CHAR_FORMS = new Map<number | undefined, NativeForm>([
  [undefined, ANSI_CHAR],
  [NativeType.i1, ANSI_CHAR],
  [NativeType.u1, ANSI_CHAR],
  [NativeType.i2, WIDE_CHAR],
  [NativeType.u2, WIDE_CHAR],
]);

/** Text of a native string by its descriptor. All are pointers. */
const STRING_FORMS = new Map<number | undefined, string>([
  [undefined, 'char* (ANSI)'],
  [NativeType.lpStr, 'char* (ANSI)'],
  [NativeType.lpWStr, 'wchar_t*'],
  [NativeType.lpTStr, 'wchar_t*'],
  [NativeType.lpUtf8Str, 'char* (UTF-8)'],
  [NativeType.bstr, 'BSTR'],
  [NativeType.tBstr, 'BSTR'],
  [NativeType.ansiBstr, 'BSTR (ANSI)'],
]);

/** Native types under which an object is a COM interface; anything else makes it a VARIANT. */
const INTERFACES: readonly (number | undefined)[] = [NativeType.iUnknown, NativeType.iDispatch, NativeType.intf, NativeType.iInspectable];

/** Plans the values of one metadata's methods. */
export class MarshallingPlanner {
  readonly #metadata: Metadata;
  readonly #measure: TypeMeasure;
  readonly #valueTypes: ValueTypes;

  constructor(metadata: Metadata, measure: TypeMeasure) {
    this.#metadata = metadata;
    this.#measure = measure;
    this.#valueTypes = new ValueTypes(metadata);
  }

  /** Native types of the descriptors of a method, by position. @throws BadImageError */
  descriptorsOf(method: MethodDefToken): ReadonlyMap<number, number> {
    const { Param, FieldMarshal } = this.#metadata.tables;
    const types = new Map<number, number>();
    for (const rid of this.#metadata.paramsOf(tokenRid(method))) {
      const row = this.#metadata.findFieldMarshal(makeToken(0x08, rid));
      if (row === undefined) continue;
      const blob = this.#metadata.blobs.reader(FieldMarshal.get(row, 'NativeType'), 'a marshalling descriptor');
      const descriptor = readMarshallingDescriptor(blob);
      types.set(Param.get(rid, 'Sequence'), 'nativeType' in descriptor ? descriptor.nativeType : NativeType.max);
    }
    return types;
  }

  /** @throws BadImageError */
  plan(position: number, type: TypeNode, descriptor: number | undefined): MarshalledValue | Unsupported {
    const form = this.#form(type, descriptor);
    if ('kind' in form) return form;
    return { position, managed: typeText(this.#metadata, type), nativeSize: abiSize(form.abi), ...form };
  }

  #form(type: TypeNode, descriptor: number | undefined): NativeForm | Unsupported {
    switch (type.kind) {
      case 'modified':
        return this.#form(type.unmodified, descriptor);
      case 'primitive':
        return this.#primitive(type, descriptor);
      case 'named':
        return type.valueType ? this.#structure(type) : this.#pointer('pointer', 'An object has a native counterpart');
      case 'pointer':
      case 'functionPointer':
        return { native: 'pointer', abi: pointerType(this.#measure.pointerSize), blittable: true, why: 'A pointer is passed as it is' };
      case 'byReference':
        return this.#pointer('pointer', 'A reference is passed as the address of a pinned value or of its copy');
      case 'szArray':
      case 'array':
        return this.#pointer('pointer', 'An array is passed as the address of its first element');
      default:
        return this.#measured(type);
    }
  }

  #pointer(native: string, why: string): NativeForm {
    return converted(native, pointerType(this.#measure.pointerSize), why);
  }

  #primitive(type: TypeNode & { readonly kind: 'primitive' }, descriptor: number | undefined): NativeForm | Unsupported {
    const refused = unsupported(`MarshalAs says native type ${descriptor}, which ${type.type} cannot be`);
    if (type.type === 'bool') return BOOL_FORMS.get(descriptor) ?? refused;
    if (type.type === 'char') return CHAR_FORMS.get(descriptor) ?? refused;
    if (type.type === 'string') {
      const native = STRING_FORMS.get(descriptor);
      return native === undefined ? refused : this.#pointer(native, 'A string is copied and converted');
    }
    if (type.type !== 'object') return this.#measured(type);
    if (INTERFACES.includes(descriptor)) return this.#pointer('interface pointer', 'An object is wrapped for COM');
    const size = 8 + 2 * this.#measure.pointerSize;
    return converted('VARIANT', { kind: 'aggregate', size, alignment: 8 }, 'An object is a VARIANT where nothing else is said');
  }

  #measured(type: TypeNode): NativeForm | Unsupported {
    const abi = this.#measure.of(type);
    if (abi.kind === 'unsupported') return abi;
    return { native: typeText(this.#metadata, type), abi, blittable: true, why: 'The same bits on both sides' };
  }

  #structure(type: TypeNode & { readonly kind: 'named' }): NativeForm | Unsupported {
    const nature = this.#valueTypes.natureOf(type.token);
    const name = typeText(this.#metadata, type);
    if (nature === 'notBlittable') return unsupported(`${name} is not blittable, and its native layout is not computed`);
    const form = this.#measured(type);
    if ('kind' in form) return form;
    return { ...form, why: nature === 'enum' ? 'An enumeration is its integer' : 'The fields have the same bits on both sides' };
  }
}
