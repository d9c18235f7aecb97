// dotnet/runtime `src/coreclr/vm/mlinfo.cpp`, MarshalInfo: what a parameter is on the native side when nothing else is said, and what MarshalAs makes of it.

import {
  findCustomAttribute,
  type Metadata,
  type MethodDefToken,
  makeToken,
  NativeType,
  type Resolver,
  readMarshallingDescriptor,
  TableId,
  type TypeNode,
  tokenRid,
  typeText,
} from '@ijw/metadata';
import { abiSize, type Unsupported, unsupported } from '../abi/abi-type.ts';
import { TypeMeasure } from '../abi/type-measure.ts';
import type { RuntimeFamily } from '../architecture.ts';
import { arrayForm, classForm, customForm, objectForm, referenceForm } from '../forms/class-form.ts';
import { copyConstructedType, copyPlace } from '../forms/copy-construction.ts';
import { disabledForm } from '../forms/disabled-form.ts';
import { addressForm, type FormRequest, type FormSource, isUnsupported, type NativeForm, sameBits } from '../forms/native-form.ts';
import { NativeStructures } from '../forms/native-structure.ts';
import { nativeTypeOf } from '../forms/native-type-of.ts';
import { pointerForm, primitiveForm } from '../forms/primitive-form.ts';
import { stringForm } from '../forms/string-form.ts';
import { copyConstructedArgument, copyConstructedForm, valueTypeForm } from '../forms/value-type-form.ts';
import { ValueTypes } from '../forms/value-types.ts';

/** How one parameter or the result crosses. */
export interface MarshalledValue extends NativeForm {
  /** 0 for the result, parameters from 1. */
  readonly position: number;
  /** The managed type as C# writes it. */
  readonly managed: string;
  /** Bytes of the native value. */
  readonly nativeSize: number;
}

/** Which way a call goes, by whose rules, and where types of other assemblies are found. */
export interface MarshallingWay {
  readonly direction: 'forward' | 'reverse';
  readonly host: RuntimeFamily;
  readonly resolver?: Resolver | undefined;
}

/** What the metadata says of a parameter besides its type. */
export interface ParameterMarshalling {
  readonly nativeType?: number | undefined;
  /** Text is UTF-16 where nothing else is said; from native code it is ANSI. */
  readonly wide?: boolean;
}

const DISABLE_RUNTIME_MARSHALLING = 'System.Runtime.CompilerServices.DisableRuntimeMarshallingAttribute';

/** Plans the values of one metadata's methods. */
export class MarshallingPlanner {
  readonly #source: FormSource;
  readonly #way: MarshallingWay;
  readonly #sources = new Map<Metadata, FormSource>();
  readonly #structures = new NativeStructures();
  #disabled: boolean | undefined;

  constructor(metadata: Metadata, pointerSize: 4 | 8, way: MarshallingWay) {
    this.#way = way;
    this.#source = this.#sourceOf(metadata, pointerSize);
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
      : this.#form(this.#source, type, { nativeType, wide, isResult: position === 0 });
    if (isUnsupported(form)) return form;
    return { position, managed: typeText(this.#source.metadata, type), nativeSize: abiSize(form.abi), ...form };
  }

  /** What forms of a metadata's types are made from: of the image's own, and of the assemblies whose types it uses. */
  #sourceOf(metadata: Metadata, pointerSize: 4 | 8): FormSource {
    const known = this.#sources.get(metadata);
    if (known) return known;
    const { resolver } = this.#way;
    const source: FormSource = {
      metadata,
      measure: new TypeMeasure(metadata, pointerSize, resolver),
      valueTypes: new ValueTypes(metadata, resolver),
      structures: this.#structures,
      form: (type, request) => this.#form(source, type, request),
      definition: (reference) => {
        const type = resolver?.type(metadata, reference);
        return type?.kind === 'type' ? { source: this.#sourceOf(type.metadata, pointerSize), token: type.token } : undefined;
      },
    };
    this.#sources.set(metadata, source);
    return source;
  }

  get #runtimeMarshallingDisabled(): boolean {
    const { metadata } = this.#source;
    const assembly = makeToken(TableId.Assembly, 1);
    this.#disabled ??= findCustomAttribute(metadata, assembly, DISABLE_RUNTIME_MARSHALLING) !== undefined;
    return this.#disabled;
  }

  #form(source: FormSource, type: TypeNode, request: FormRequest): NativeForm | Unsupported {
    switch (type.kind) {
      case 'modified':
        return this.#form(source, type.unmodified, request);
      case 'primitive':
        if (type.type === 'string')
          return request.nativeType === NativeType.customMarshaler ? customForm(source) : stringForm(source, request);
        return type.type === 'object' ? objectForm(source, request) : primitiveForm(source, type, request);
      case 'named':
        return type.valueType ? valueTypeForm(source, type, request) : classForm(source, type, request);
      case 'pointer':
      case 'functionPointer':
        return this.#copyConstructed(source, type) ?? pointerForm(source, type.kind, request);
      case 'byReference':
        return this.#copyConstructed(source, type) ?? this.#reference(source, type, request);
      case 'szArray':
      case 'array':
        if (request.nativeType === NativeType.customMarshaler) return customForm(source);
        return arrayForm(source, this.#form(source, type.element, ELEMENT), request);
      case 'genericInstance':
        return this.#instance(source, type);
      default:
        return unsupported(`${typeText(source.metadata, type)} has no native form`);
    }
  }

  #copyConstructed(source: FormSource, type: TypeNode): NativeForm | Unsupported | undefined {
    const copied = copyConstructedType(source.metadata, type);
    if (!copied) return undefined;
    if (this.#way.direction === 'reverse') return copyConstructedArgument(source, copied);
    return copyConstructedForm(source, copied, copyPlace(source.measure.pointerSize === 4, this.#way.host));
  }

  /** A result may be the address of a blittable structure, which C++/CLI returns; any other would point into a stack that is gone. */
  #reference(source: FormSource, type: TypeNode & { readonly kind: 'byReference' }, request: FormRequest): NativeForm | Unsupported {
    const element = this.#form(source, type.element, { ...request, isResult: false });
    if (!request.isResult || isUnsupported(element)) return referenceForm(source, element);
    if (!element.blittable || element.abi.kind !== 'aggregate') return unsupported('A reference cannot be returned');
    return addressForm(source, 'The address of a structure is passed as it is');
  }

  /** Blittable generic structures are passed since .NET 5. */
  #instance({ metadata, measure }: FormSource, type: TypeNode & { readonly kind: 'genericInstance' }): NativeForm | Unsupported {
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
