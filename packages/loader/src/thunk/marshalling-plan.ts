// dotnet/runtime `src/coreclr/vm/mlinfo.cpp`, MarshalInfo: what a parameter is on the native side when nothing else is said, and what MarshalAs makes of it.

import {
  findCustomAttribute,
  type MarshallingDescriptor,
  type Metadata,
  type MethodDefToken,
  makeToken,
  NativeType,
  readMarshallingDescriptor,
  TableId,
  type TypeNode,
  tokenRid,
  typeText,
} from '@ijw/metadata';
import { ValueTypes } from '@ijw/vtfixup';
import { abiSize, type Unsupported, unsupported } from '../abi/abi-type.ts';
import type { TypeMeasure } from '../abi/type-measure.ts';
import type { Host } from '../architecture.ts';
import { arrayForm, classForm, customForm, objectForm, referenceForm } from '../marshalling/class-form.ts';
import { copyConstructedType, copyPlace } from '../marshalling/copy-construction.ts';
import { disabledForm } from '../marshalling/disabled-form.ts';
import { addressForm, type FormRequest, type FormSource, isUnsupported, type NativeForm, sameBits } from '../marshalling/native-form.ts';
import { pointerForm, primitiveForm } from '../marshalling/primitive-form.ts';
import { stringForm } from '../marshalling/string-form.ts';
import { copyConstructedArgument, copyConstructedForm, valueTypeForm } from '../marshalling/value-type-form.ts';

/** How one parameter or the result crosses. */
export interface MarshalledValue extends NativeForm {
  /** 0 for the result, parameters from 1. */
  readonly position: number;
  /** The managed type as C# writes it. */
  readonly managed: string;
  /** Bytes of the native value. */
  readonly nativeSize: number;
}

/** Which way a call goes, and by whose rules. */
export interface MarshallingDirection {
  readonly direction: 'forward' | 'reverse';
  readonly host: Host;
}

/** What the metadata says of a parameter besides its type. */
export interface ParameterMarshalling {
  readonly nativeType?: number | undefined;
  /** Text is UTF-16 where nothing else is said; from native code it is ANSI. */
  readonly wide?: boolean;
}

const DISABLE_RUNTIME_MARSHALLING = 'System.Runtime.CompilerServices.DisableRuntimeMarshallingAttribute';

const NATIVE_TYPES: Readonly<Record<Exclude<MarshallingDescriptor['kind'], 'simple' | 'interface'>, number>> = {
  fixedSystemString: NativeType.fixedSysString,
  fixedArray: NativeType.fixedArray,
  safeArray: NativeType.safeArray,
  array: NativeType.array,
  customMarshaler: NativeType.customMarshaler,
};

const nativeTypeOf = (descriptor: MarshallingDescriptor): number =>
  'nativeType' in descriptor ? descriptor.nativeType : NATIVE_TYPES[descriptor.kind];

/** Plans the values of one metadata's methods. */
export class MarshallingPlanner {
  readonly #source: FormSource;
  readonly #way: MarshallingDirection;
  #disabled: boolean | undefined;

  constructor(metadata: Metadata, measure: TypeMeasure, way: MarshallingDirection = { direction: 'reverse', host: 'core' }) {
    this.#source = { metadata, measure, valueTypes: new ValueTypes(metadata) };
    this.#way = way;
  }

  /** Native types of the descriptors of a method, by position. @throws BadImageError */
  descriptorsOf(method: MethodDefToken): ReadonlyMap<number, number> {
    const { metadata } = this.#source;
    const { Param, FieldMarshal } = metadata.tables;
    const types = new Map<number, number>();
    for (const rid of metadata.paramsOf(tokenRid(method))) {
      const row = metadata.findFieldMarshal(makeToken(TableId.Param, rid));
      if (row === undefined) continue;
      const blob = metadata.blobs.reader(FieldMarshal.get(row, 'NativeType'), 'a marshalling descriptor');
      types.set(Param.get(rid, 'Sequence'), nativeTypeOf(readMarshallingDescriptor(blob)));
    }
    return types;
  }

  /** @throws BadImageError */
  plan(position: number, type: TypeNode, said: ParameterMarshalling | number | undefined): MarshalledValue | Unsupported {
    const { nativeType, wide = false } = typeof said === 'object' ? said : { nativeType: said };
    const form = this.#runtimeMarshallingDisabled
      ? disabledForm(this.#source, type)
      : this.#form(type, { nativeType, wide, isResult: position === 0 });
    if (isUnsupported(form)) return form;
    return { position, managed: typeText(this.#source.metadata, type), nativeSize: abiSize(form.abi), ...form };
  }

  get #runtimeMarshallingDisabled(): boolean {
    const { metadata } = this.#source;
    const assembly = makeToken(TableId.Assembly, 1);
    this.#disabled ??= findCustomAttribute(metadata, assembly, DISABLE_RUNTIME_MARSHALLING) !== undefined;
    return this.#disabled;
  }

  #form(type: TypeNode, request: FormRequest): NativeForm | Unsupported {
    const source = this.#source;
    switch (type.kind) {
      case 'modified':
        return this.#form(type.unmodified, request);
      case 'primitive':
        if (type.type === 'string')
          return request.nativeType === NativeType.customMarshaler ? customForm(source) : stringForm(source, request);
        return type.type === 'object' ? objectForm(source, request) : primitiveForm(source, type, request);
      case 'named':
        return type.valueType ? valueTypeForm(source, type, request) : classForm(source, type, request);
      case 'pointer':
      case 'functionPointer':
        return this.#copyConstructed(type) ?? pointerForm(source, type.kind, request);
      case 'byReference':
        return this.#copyConstructed(type) ?? this.#reference(type, request);
      case 'szArray':
      case 'array':
        if (request.nativeType === NativeType.customMarshaler) return customForm(source);
        return arrayForm(source, this.#form(type.element, ELEMENT), request);
      case 'genericInstance':
        return this.#instance(type);
      default:
        return unsupported(`${typeText(source.metadata, type)} has no native form`);
    }
  }

  #copyConstructed(type: TypeNode): NativeForm | Unsupported | undefined {
    const source = this.#source;
    const copied = copyConstructedType(source.metadata, type);
    if (!copied) return undefined;
    if (this.#way.direction === 'reverse') return copyConstructedArgument(source, copied);
    return copyConstructedForm(source, copied, copyPlace(source.measure.pointerSize === 4, this.#way.host));
  }

  /** A result may be the address of a blittable structure, which C++/CLI returns; any other would point into a stack that is gone. */
  #reference(type: TypeNode & { readonly kind: 'byReference' }, request: FormRequest): NativeForm | Unsupported {
    const element = this.#form(type.element, { ...request, isResult: false });
    if (!request.isResult || isUnsupported(element)) return referenceForm(this.#source, element);
    if (!element.blittable || element.abi.kind !== 'aggregate') return unsupported('A reference cannot be returned');
    return addressForm(this.#source, 'The address of a structure is passed as it is');
  }

  /** Blittable generic structures are passed since .NET 5. */
  #instance(type: TypeNode & { readonly kind: 'genericInstance' }): NativeForm | Unsupported {
    const { metadata, measure } = this.#source;
    const name = typeText(metadata, type);
    if (type.generic.kind !== 'named' || !type.generic.valueType)
      return unsupported(`${name} is generic, and generic classes are not marshalled`);
    const abi = measure.of(type);
    if (abi.kind === 'unsupported') return abi;
    if (measure.holdsReferences(type)) return unsupported(`${name} is a generic structure that is not blittable`);
    return sameBits(name, abi, 'The fields have the same bits on both sides');
  }
}

/** Elements of arrays have no MarshalAs of their own here. */
const ELEMENT: FormRequest = { nativeType: undefined, wide: false, isResult: false };
