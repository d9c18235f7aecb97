// dotnet/runtime `src/coreclr/vm/mlinfo.cpp`, MarshalInfo: value types.

import {
  isTokenOf,
  NativeType,
  type NativeTypeName,
  type TypeDefToken,
  type TypeNode,
  tokenRid,
  typeFullName,
  typeText,
} from '@ijw/metadata';
import { type AbiType, abiSize, pointerType, type Unsupported, unsupported } from '../abi/abi-type.ts';
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
import { enumForm } from './primitive-form.ts';

type NamedType = TypeNode & { readonly kind: 'named' };
type KnownForm = (source: FormSource, request: FormRequest) => NativeForm | Unsupported;

const GUID: AbiType = { kind: 'aggregate', size: 16, alignment: 4 };
const DECIMAL: AbiType = { kind: 'aggregate', size: 16, alignment: 8 };
const DATE: AbiType = { kind: 'float', size: 8 };

const says = (nativeType: number | undefined, ...names: readonly NativeTypeName[]): boolean =>
  names.some((name) => NativeType[name] === nativeType);
const isPlain = (nativeType: number | undefined): boolean => nativeType === undefined || nativeType === NativeType.struct;

function decimalForm(source: FormSource, { nativeType, isResult }: FormRequest): NativeForm | Unsupported {
  if (isPlain(nativeType)) return converted('DECIMAL', DECIMAL, 'The fields are put in the order of a DECIMAL');
  if (says(nativeType, 'lpStruct')) return convertedPointer(source, 'DECIMAL*', 'MarshalAs says the address of a DECIMAL');
  if (!says(nativeType, 'currency')) return badDescriptor(nativeType, 'a decimal');
  if (isResult) return unsupported('A CURRENCY cannot be returned');
  return converted('CURRENCY', { kind: 'aggregate', size: 8, alignment: 8 }, 'MarshalAs says CURRENCY');
}

function guidForm(source: FormSource, { nativeType }: FormRequest): NativeForm | Unsupported {
  if (isPlain(nativeType)) return sameBits('GUID', GUID);
  return says(nativeType, 'lpStruct')
    ? convertedPointer(source, 'GUID*', 'MarshalAs says the address of a GUID')
    : badDescriptor(nativeType, 'a Guid');
}

const dateForm: KnownForm = (_source, { nativeType }) =>
  isPlain(nativeType) ? converted('DATE', DATE, 'A DateTime is a DATE, a double of days', 'date') : badDescriptor(nativeType, 'a DateTime');

/** Value types that are a pointer, whose result is refused where their native size is another than the managed one. */
const asPointer =
  (native: string, why: string, returnable = true): KnownForm =>
  (source, { nativeType, isResult }) => {
    if (nativeType !== undefined) return badDescriptor(nativeType, native);
    if (isResult && !returnable) return unsupported(`${native} cannot be returned`);
    return convertedPointer(source, native, why);
  };

const pointerSized: KnownForm = (source) => addressForm(source, 'The same bits on both sides');

const INTEROP = 'System.Runtime.InteropServices';

const KNOWN: Readonly<Record<string, KnownForm>> = {
  'System.Decimal': decimalForm,
  'System.Guid': guidForm,
  'System.DateTime': dateForm,
  'System.IntPtr': pointerSized,
  'System.UIntPtr': pointerSized,
  'System.ArgIterator': asPointer('va_list', 'The variable arguments are copied into a va_list', false),
  'System.RuntimeTypeHandle': asPointer('type handle', 'The runtime’s own pointer to the type'),
  'System.RuntimeFieldHandle': asPointer('field handle', 'The runtime’s own pointer to the field'),
  'System.RuntimeMethodHandle': asPointer('method handle', 'The runtime’s own pointer to the method'),
  [`${INTEROP}.HandleRef`]: asPointer('HANDLE', 'The handle in the HandleRef, whose object is kept alive during the call'),
  [`${INTEROP}.ArrayWithOffset`]: asPointer('pointer into an array', 'The elements are copied in and back', false),
};

/** ECMA-335 II.23.1.15. */
const LAYOUT_MASK = 0x18;

const hasAutoLayout = ({ metadata }: FormSource, type: TypeDefToken): boolean =>
  (metadata.tables.TypeDef.get(tokenRid(type), 'Flags') & LAYOUT_MASK) === 0;

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
  if (isTokenOf(type.token, 'TypeDef') && hasAutoLayout(source, type.token))
    return unsupported(`${name} has automatic layout, which no native structure has`);
  const isNative = nature === 'notBlittable' && isTokenOf(type.token, 'TypeDef');
  const abi = isNative ? source.structures.of(source, type.token) : source.measure.of(type);
  if (abi.kind === 'unsupported') return abi;
  if (!isPlain(request.nativeType)) return badDescriptor(request.nativeType, name);
  return isNative
    ? converted(`${name}, laid out anew`, abi, 'Each field is converted')
    : sameBits(name, abi, 'The fields have the same bits on both sides');
}

const COPY_TEXT: Readonly<Record<CopyPlace, string>> = {
  argument: 'The copy constructor makes the copy in its place on the native stack',
  local: 'The copy constructor makes a copy, whose address is passed',
  nowhere: 'The compiler has made the copy; its address goes on as it is',
};

/** A value that C++ copies: by value on x86, elsewhere by the address of the copy. @throws BadImageError */
export function copyConstructedForm(source: FormSource, type: NamedType, place: CopyPlace): NativeForm | Unsupported {
  const { metadata, measure } = source;
  const abi = measure.of(type);
  if (abi.kind === 'unsupported') return abi;
  const name = typeText(metadata, type);
  if (place === 'nowhere') return addressForm(source, COPY_TEXT.nowhere, `pointer to ${name}`);
  const copyConstruction = copyConstructionOf(metadata, type.token, abiSize(abi), place);
  const form =
    place === 'argument'
      ? converted(name, abi, COPY_TEXT.argument, 'addressOfValue')
      : converted(`pointer to ${name}`, pointerType(measure.pointerSize), COPY_TEXT.local, 'address');
  return { ...form, copyConstruction };
}

/** The same from native code: on x86 the value is among the arguments, and managed code gets the address it has there. @throws BadImageError */
export function copyConstructedArgument(source: FormSource, type: NamedType): NativeForm | Unsupported {
  const { metadata, measure } = source;
  const abi = measure.of(type);
  if (abi.kind === 'unsupported') return abi;
  const name = typeText(metadata, type);
  return measure.pointerSize === 4
    ? converted(name, abi, 'Managed code gets the address of the value on the caller’s stack', 'addressOfValue')
    : addressForm(source, 'The caller’s copy; its address goes on as it is', `pointer to ${name}`);
}
