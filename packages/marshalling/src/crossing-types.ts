// dotnet/runtime `src/coreclr/vm/mlinfo.cpp`, MarshalInfo: what a parameter is on the native side when nothing else is said, and what MarshalAs makes of it.

import { type Metadata, makeToken, TableId, type Token, typeText } from '@ijw/metadata';
import { findCustomAttribute } from '@ijw/metadata/attributes';
import { type MarshallingDescriptor, NativeType } from '@ijw/metadata/marshalling';
import type { Resolver } from '@ijw/metadata/resolution';
import type { MethodSignature, PrimitiveName, TypeNode } from '@ijw/metadata/signatures';
import { type Unsupported, unsupported } from './abi/abi-type.ts';
import { TypeMeasure } from './abi/type-measure.ts';
import type { CrossingParameter, CrossingType } from './crossing-type.ts';
import { arrayForm, classForm, customForm, objectForm, referenceForm } from './forms/class-form.ts';
import { copyConstructedType, copyPlace } from './forms/copy-construction.ts';
import { disabledForm } from './forms/disabled-form.ts';
import { addressForm, type FormRequest, type FormSource, isUnsupported, type NativeForm, sameBits } from './forms/native-form.ts';
import { NativeStructures } from './forms/native-structure.ts';
import { elementRequest, requestOf } from './forms/native-type-of.ts';
import type { ParameterRow } from './forms/parameter-rows.ts';
import { pointerForm, primitiveForm } from './forms/primitive-form.ts';
import { stringForm } from './forms/string-form.ts';
import { copyConstructedArgument, copyConstructedForm, valueTypeForm } from './forms/value-type-form.ts';
import { ValueTypes } from './forms/value-types.ts';
import { pointerTo } from './native/native-tree.ts';
import type { RuntimeFamily } from './runtime-family.ts';

/** The direction of a call, the runtime whose rules apply, and the search for types of other assemblies. */
export interface MarshallingWay {
  readonly direction: 'forward' | 'reverse';
  readonly host: RuntimeFamily;
  readonly resolver?: Resolver | undefined;
  /** Shared by both directions of one image. */
  readonly structures?: NativeStructures;
}

const DISABLE_RUNTIME_MARSHALLING = 'System.Runtime.CompilerServices.DisableRuntimeMarshallingAttribute';

/** The results for primitive and named types without a descriptor: most parameters of an assembly have one of a few types. */
class PlainForms {
  /** By what decides besides the type: `wide`, `isResult`, whether the signature says that a named type is a value type. */
  readonly #forms = Array.from({ length: 8 }, () => new Map<PrimitiveName | Token, CrossingType | Unsupported>());

  of(type: TypeNode, { wide, isResult }: { readonly wide?: boolean; readonly isResult: boolean }, make: () => CrossingType | Unsupported) {
    if (type.kind !== 'primitive' && type.kind !== 'named') return make();
    const isValue = type.kind === 'named' && type.valueType;
    const forms = this.#forms[(wide ? 1 : 0) | (isResult ? 2 : 0) | (isValue ? 4 : 0)]!;
    const key = type.kind === 'primitive' ? type.type : type.token;
    const known = forms.get(key);
    if (known !== undefined) return known;
    const form = make();
    forms.set(key, form);
    return form;
  }
}

/** How the values of one metadata's methods cross. */
export class CrossingTypes {
  readonly #source: FormSource;
  readonly #way: MarshallingWay;
  readonly #sources = new Map<Metadata, FormSource>();
  readonly #structures: NativeStructures;
  readonly #plain = new PlainForms();
  #disabled: boolean | undefined;

  constructor(metadata: Metadata, pointerSize: 4 | 8, way: MarshallingWay) {
    this.#way = way;
    this.#structures = way.structures ?? new NativeStructures();
    this.#source = this.#sourceOf(metadata, pointerSize);
  }

  /** DisableRuntimeMarshallingAttribute: values cross as their bits. */
  get runtimeMarshallingDisabled(): boolean {
    const { metadata } = this.#source;
    const assembly = makeToken(TableId.Assembly, 1);
    this.#disabled ??= findCustomAttribute(metadata, assembly, DISABLE_RUNTIME_MARSHALLING) !== undefined;
    return this.#disabled;
  }

  /**
   * The crossing of a value of a type, or the reason why it does not cross.
   * @param wide text is UTF-16 where nothing else is said; from native code it is ANSI
   * @throws BadImageError
   */
  of(type: TypeNode, descriptor: MarshallingDescriptor | undefined, place: { readonly wide?: boolean; readonly isResult: boolean }) {
    const make = () => this.#source.form(type, requestOf(descriptor, place.wide ?? false, place.isResult));
    return descriptor === undefined ? this.#plain.of(type, place, make) : make();
  }

  // Objects that exist once for each value are not built by a spread: V8 keeps a description of such an object that is larger than the object.
  /** The values of a method, the result first; those that have no native form are told. @throws BadImageError */
  ofMethod(
    signature: MethodSignature<TypeNode>,
    rows: ReadonlyMap<number, ParameterRow>,
    wide = false,
  ): readonly (CrossingParameter | Unsupported)[] {
    return [signature.returnType, ...signature.parameterTypes].map((type, position) => {
      const { name = '', flags = 0, descriptor } = rows.get(position) ?? {};
      const crossing = this.of(type, descriptor, { wide, isResult: position === 0 });
      return isUnsupported(crossing) ? crossing : Object.assign({ position, name, flags }, crossing);
    });
  }

  /** What forms of a metadata's types are made from: of the image's own, and of the assemblies whose types it uses. */
  #sourceOf(metadata: Metadata, pointerSize: 4 | 8): FormSource {
    const known = this.#sources.get(metadata);
    if (known) return known;
    const { resolver } = this.#way;
    const source: FormSource = {
      metadata,
      measure: new TypeMeasure(metadata, pointerSize, resolver),
      valueTypes: new ValueTypes({ metadata, resolver }),
      structures: this.#structures,
      bitsOnly: () => this.runtimeMarshallingDisabled,
      form: (type, request) => {
        const form = this.runtimeMarshallingDisabled ? disabledForm(source, type) : this.#form(source, type, request);
        return isUnsupported(form) ? form : Object.assign({ managed: typeText(metadata, type) }, form);
      },
      definition: (reference) => {
        const type = resolver?.type(metadata, reference);
        return type?.kind === 'type' ? { source: this.#sourceOf(type.metadata, pointerSize), token: type.token } : undefined;
      },
    };
    this.#sources.set(metadata, source);
    return source;
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
        return this.#copyConstructed(source, type) ?? pointerForm(source, type, request);
      case 'byReference':
        return this.#copyConstructed(source, type) ?? this.#reference(source, type, request);
      case 'szArray':
      case 'array':
        if (request.nativeType === NativeType.customMarshaler) return customForm(source);
        return arrayForm(source, type.element, source.form(type.element, elementRequest(request)), request);
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

  /** A result may be the address of a blittable structure, as C++/CLI returns it; any other address would point into a stack frame that no longer exists. */
  #reference(source: FormSource, type: TypeNode & { readonly kind: 'byReference' }, request: FormRequest): NativeForm | Unsupported {
    const element = source.form(type.element, { ...request, isResult: false });
    if (!request.isResult || isUnsupported(element)) return referenceForm(source, type.element, element);
    if (!element.blittable || element.abi.kind !== 'aggregate') return unsupported('A reference cannot be returned');
    return addressForm(source, 'The address of a structure is passed as it is', pointerTo(element.native));
  }

  /** Blittable generic structures are passed since .NET 5. */
  #instance(
    { metadata, measure, structures, valueTypes }: FormSource,
    type: TypeNode & { readonly kind: 'genericInstance' },
  ): NativeForm | Unsupported {
    const name = typeText(metadata, type);
    if (type.generic.kind !== 'named' || !type.generic.valueType)
      return unsupported(`${name} is generic, and generic classes are not marshalled`);
    if (valueTypes.problemOf(type) || measure.holdsReferences(type))
      return unsupported(`${name} is a generic structure that is not blittable`);
    const abi = measure.of(type);
    if (abi.kind === 'unsupported') return abi;
    const because = 'The fields have the same bits on both sides';
    return sameBits({ text: name, native: structures.opaque(name, abi), abi, because });
  }
}
