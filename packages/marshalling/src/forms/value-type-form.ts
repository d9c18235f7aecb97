// dotnet/runtime `src/coreclr/vm/mlinfo.cpp`, MarshalInfo: value types.

import { isTokenOf, typeFullName, typeText } from '@ijw/metadata';
import { NativeType, type NativeTypeName } from '@ijw/metadata/marshalling';
import type { TypeNode } from '@ijw/metadata/signatures';
import { type AbiType, abiSize, type Unsupported, unsupported } from '../abi/abi-type.ts';
import { CURRENCY, DECIMAL, GUID } from '../native/core-structures.ts';
import { nativeExtent } from '../native/native-layout.ts';
import { type NativeTree, pointerTo, type ScalarName, scalar } from '../native/native-tree.ts';
import { type CopyPlace, copyConstructionOf } from './copy-construction.ts';
import {
  addressForm,
  badDescriptor,
  converted,
  convertedPointer,
  type FormRequest,
  type FormSource,
  type NativeForm,
  sameBits,
} from './native-form.ts';
import { CORE_TREES } from './pointee-tree.ts';
import { enumForm } from './primitive-form.ts';
import { hasAutoLayout } from './value-types.ts';

type NamedType = TypeNode & { readonly kind: 'named' };
type KnownForm = (source: FormSource, request: FormRequest) => NativeForm | Unsupported;

const DATE: AbiType = { kind: 'float', size: 8 };

const says = (nativeType: number | undefined, ...names: readonly NativeTypeName[]): boolean =>
  names.some((name) => NativeType[name] === nativeType);
const isPlain = (nativeType: number | undefined): boolean => nativeType === undefined || nativeType === NativeType.struct;

const aggregate = (tree: NativeTree, { measure }: FormSource): AbiType => ({
  kind: 'aggregate',
  ...nativeExtent(tree, measure.pointerSize),
});

/** LPStruct: the address of a value that managed code passes by value. */
const pointee = (source: FormSource, managed: string, form: NativeForm): NativeForm =>
  convertedPointer(source, {
    text: `${form.nativeText}*`,
    because: `MarshalAs says the address of a ${form.nativeText}`,
    native: pointerTo(form.native),
    conversion: { kind: 'pointee', element: { managed, ...form } },
  });

function decimalForm(source: FormSource, { nativeType, isResult }: FormRequest): NativeForm | Unsupported {
  const because = 'The fields are put in the order of a DECIMAL';
  const plain = converted({
    text: 'DECIMAL',
    native: DECIMAL,
    abi: aggregate(DECIMAL, source),
    because,
    conversion: { kind: 'decimal' },
  });
  if (isPlain(nativeType)) return plain;
  if (says(nativeType, 'lpStruct')) return pointee(source, 'decimal', plain);
  if (!says(nativeType, 'currency')) return badDescriptor(nativeType, 'a decimal');
  if (isResult) return unsupported('A CURRENCY cannot be returned');
  return converted({ text: 'CURRENCY', native: CURRENCY, abi: aggregate(CURRENCY, source), because: 'MarshalAs says CURRENCY' });
}

function guidForm(source: FormSource, { nativeType }: FormRequest): NativeForm | Unsupported {
  const plain = sameBits({ text: 'GUID', native: GUID, abi: aggregate(GUID, source) });
  if (isPlain(nativeType)) return plain;
  return says(nativeType, 'lpStruct') ? pointee(source, 'System.Guid', plain) : badDescriptor(nativeType, 'a Guid');
}

const dateForm: KnownForm = (_source, { nativeType }) =>
  isPlain(nativeType)
    ? converted({
        text: 'DATE',
        native: scalar('double'),
        abi: DATE,
        because: 'A DateTime is a DATE, a double of days',
        conversion: { kind: 'date' },
      })
    : badDescriptor(nativeType, 'a DateTime');

/** Value types that are a pointer, whose result is refused where their native size is another than the managed one. */
const asPointer =
  (text: string, because: string, returnable = true): KnownForm =>
  (source, { nativeType, isResult }) => {
    if (nativeType !== undefined) return badDescriptor(nativeType, text);
    if (isResult && !returnable) return unsupported(`${text} cannot be returned`);
    return convertedPointer(source, { text, because });
  };

const pointerSized =
  (name: ScalarName): KnownForm =>
  (source) =>
    addressForm(source, 'The same bits on both sides', scalar(name));

const INTEROP = 'System.Runtime.InteropServices';

const KNOWN: Readonly<Record<string, KnownForm>> = {
  'System.Decimal': decimalForm,
  'System.Guid': guidForm,
  'System.DateTime': dateForm,
  'System.IntPtr': pointerSized('intptr'),
  'System.UIntPtr': pointerSized('uintptr'),
  'System.ArgIterator': asPointer('va_list', 'The variable arguments are copied into a va_list', false),
  'System.RuntimeTypeHandle': asPointer('type handle', 'The runtime’s own pointer to the type'),
  'System.RuntimeFieldHandle': asPointer('field handle', 'The runtime’s own pointer to the field'),
  'System.RuntimeMethodHandle': asPointer('method handle', 'The runtime’s own pointer to the method'),
  [`${INTEROP}.HandleRef`]: asPointer('HANDLE', 'The handle in the HandleRef, whose object is kept alive during the call'),
  [`${INTEROP}.ArrayWithOffset`]: asPointer('pointer into an array', 'The elements are copied in and back', false),
};

/** @throws BadImageError */
export function valueTypeForm(source: FormSource, type: NamedType, request: FormRequest): NativeForm | Unsupported {
  const { metadata, valueTypes } = source;
  const known = isTokenOf(type.token, 'TypeSpec') ? undefined : KNOWN[typeFullName(metadata, type.token)];
  if (known) return known(source, request);
  const there = isTokenOf(type.token, 'TypeDef') ? undefined : source.definition(type.token);
  if (there) return valueTypeForm(there.source, { ...type, token: there.token }, request);
  const nature = valueTypes.natureOf(type.token);
  if (nature === 'enum') return enumForm(source, type, request);
  const name = typeText(metadata, type);
  if (isTokenOf(type.token, 'TypeDef') && hasAutoLayout(metadata, type.token))
    return unsupported(`${name} has automatic layout, which no native structure has`);
  if (nature !== 'notBlittable' || !isTokenOf(type.token, 'TypeDef')) return plainStructure(source, type, request, name);
  const made = source.structures.of(source, type.token);
  if ('kind' in made) return made;
  if (!isPlain(request.nativeType)) return badDescriptor(request.nativeType, name);
  const { struct, abi } = made;
  return converted({ text: `${name}, in its native layout`, native: { kind: 'struct', struct }, abi, because: 'Each field is converted' });
}

function plainStructure(source: FormSource, type: NamedType, { nativeType }: FormRequest, name: string): NativeForm | Unsupported {
  const abi = source.measure.of(type);
  if (abi.kind === 'unsupported') return abi;
  if (!isPlain(nativeType)) return badDescriptor(nativeType, name);
  return sameBits({ text: name, native: structureTree(source, type, abi), abi, because: 'The fields have the same bits on both sides' });
}

/** The tree of a structure whose bits are the same on both sides. @throws BadImageError */
export function structureTree(source: FormSource, { token }: NamedType, abi: AbiType): NativeTree {
  if (isTokenOf(token, 'TypeDef')) return { kind: 'struct', struct: source.structures.named(source, token) };
  const known = isTokenOf(token, 'TypeSpec') ? undefined : CORE_TREES[typeFullName(source.metadata, token)];
  return known ?? source.structures.opaque(typeText(source.metadata, { kind: 'named', token, valueType: true }), abi);
}

const COPY_TEXT: Readonly<Record<CopyPlace, string>> = {
  argument: 'The copy constructor makes the copy in its place on the native stack',
  local: 'The copy constructor makes a copy, whose address is passed',
  nowhere: 'The compiler has made the copy; its address is passed unchanged',
};

/** A value that C++ copies: by value on x86, elsewhere by the address of the copy. @throws BadImageError */
export function copyConstructedForm(source: FormSource, type: NamedType, place: CopyPlace): NativeForm | Unsupported {
  const { metadata, measure } = source;
  const abi = measure.of(type);
  if (abi.kind === 'unsupported') return abi;
  const name = typeText(metadata, type);
  const native = structureTree(source, type, abi);
  if (place === 'nowhere') return addressForm(source, COPY_TEXT.nowhere, pointerTo(native), `pointer to ${name}`);
  const copyConstruction = copyConstructionOf(metadata, type.token, abiSize(abi), place);
  const form =
    place === 'argument'
      ? converted({ text: name, native, abi, because: COPY_TEXT.argument, conversion: { kind: 'addressOfValue' } })
      : convertedPointer(source, { text: `pointer to ${name}`, native: pointerTo(native), because: COPY_TEXT.local });
  return { ...form, copyConstruction };
}

/** The same from native code: on x86 the value is among the arguments, and managed code gets the address it has there. @throws BadImageError */
export function copyConstructedArgument(source: FormSource, type: NamedType): NativeForm | Unsupported {
  const { metadata, measure } = source;
  const abi = measure.of(type);
  if (abi.kind === 'unsupported') return abi;
  const name = typeText(metadata, type);
  const native = structureTree(source, type, abi);
  if (measure.pointerSize === 8)
    return addressForm(source, 'The caller’s copy; its address is passed unchanged', pointerTo(native), `pointer to ${name}`);
  const because = 'Managed code gets the address of the value on the caller’s stack';
  return converted({ text: name, native, abi, because, conversion: { kind: 'addressOfValue' } });
}
