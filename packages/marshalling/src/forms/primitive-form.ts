// dotnet/runtime `src/coreclr/vm/mlinfo.cpp`, MarshalInfo: the primitive types and what MarshalAs may make of them.

import { NativeType, type NativeTypeName, type PrimitiveName, type TypeNode, typeText } from '@ijw/metadata';
import { type AbiType, type Unsupported, unsupported } from '../abi/abi-type.ts';
import { addressForm, badDescriptor, converted, type FormRequest, type FormSource, type NativeForm, sameBits } from './native-form.ts';

const integer = (size: 1 | 2 | 4 | 8, signed = false): AbiType => ({ kind: 'integer', size, signed });

/** What MarshalAs may say of a number; none of it changes the number. */
const NUMBERS: Partial<Record<PrimitiveName, readonly NativeTypeName[]>> = {
  int8: ['i1', 'u1'],
  uint8: ['i1', 'u1'],
  int16: ['i2', 'u2'],
  uint16: ['i2', 'u2'],
  int32: ['i4', 'u4', 'error'],
  uint32: ['i4', 'u4', 'error'],
  int64: ['i8', 'u8'],
  uint64: ['i8', 'u8'],
  'native int': ['int', 'uint'],
  'native uint': ['int', 'uint'],
  float32: ['r4'],
  float64: ['r8'],
};

/** The same for enumerations, by the size of the integer. */
const INTEGERS: Readonly<Record<number, readonly NativeTypeName[]>> = {
  1: ['i1', 'u1'],
  2: ['i2', 'u2'],
  4: ['i4', 'u4', 'error'],
  8: ['i8', 'u8'],
};

const isAllowed = (nativeType: number | undefined, names: readonly NativeTypeName[]): boolean =>
  nativeType === undefined || names.some((name) => NativeType[name] === nativeType);

const BYTE_BOOL = converted('bool (1 byte)', integer(1), 'MarshalAs says one byte; not 0 is true', 'boolean');

const BOOL_FORMS = new Map<number | undefined, NativeForm>([
  [undefined, converted('BOOL', integer(4, true), 'A bool is a BOOL of four bytes where nothing else is said', 'boolean')],
  [NativeType.boolean, converted('BOOL', integer(4, true), 'MarshalAs says BOOL', 'boolean')],
  [NativeType.u1, BYTE_BOOL],
  [NativeType.i1, BYTE_BOOL],
  [NativeType.variantBool, converted('VARIANT_BOOL', integer(2, true), 'MarshalAs says VARIANT_BOOL', 'variantBool')],
]);

const ANSI_CHAR = converted('char', integer(1, true), 'A char is converted to the ANSI code page', 'ansiChar');
const wideChar = (why: string): NativeForm => ({ ...sameBits('wchar_t', integer(2), why), conversion: 'wideChar' });

function charForm({ nativeType, wide }: FormRequest): NativeForm | Unsupported {
  switch (nativeType) {
    case undefined:
      return wide ? wideChar('The character set is UTF-16') : ANSI_CHAR;
    case NativeType.i1:
    case NativeType.u1:
      return ANSI_CHAR;
    case NativeType.i2:
    case NativeType.u2:
      return wideChar('MarshalAs says two bytes');
    default:
      return badDescriptor(nativeType, 'a char');
  }
}

/** The form of a primitive other than `string` and `object`. */
export function primitiveForm(
  source: FormSource,
  type: TypeNode & { readonly kind: 'primitive' },
  request: FormRequest,
): NativeForm | Unsupported {
  const { nativeType } = request;
  if (type.type === 'bool') return BOOL_FORMS.get(nativeType) ?? badDescriptor(nativeType, 'a bool');
  if (type.type === 'char') return charForm(request);
  const abi = source.measure.of(type);
  if (abi.kind === 'unsupported') return abi;
  if (type.type === 'void') return request.isResult ? sameBits('void', abi) : unsupported('A parameter cannot be void');
  if (!isAllowed(nativeType, NUMBERS[type.type] ?? [])) return badDescriptor(nativeType, typeText(source.metadata, type));
  return sameBits(typeText(source.metadata, type), abi);
}

/** An enumeration is its integer. */
export function enumForm({ metadata, measure }: FormSource, type: TypeNode, { nativeType }: FormRequest): NativeForm | Unsupported {
  const abi = measure.of(type);
  if (abi.kind === 'unsupported') return abi;
  const name = typeText(metadata, type);
  const allowed = abi.kind === 'integer' ? INTEGERS[abi.size] : undefined;
  if (!isAllowed(nativeType, allowed ?? [])) return badDescriptor(nativeType, name);
  return sameBits(name, abi, 'An enumeration is its integer');
}

/** Pointers of native code, to data and to functions. */
export function pointerForm(
  source: FormSource,
  kind: 'pointer' | 'functionPointer',
  { nativeType }: FormRequest,
): NativeForm | Unsupported {
  if (!isAllowed(nativeType, kind === 'functionPointer' ? ['func'] : [])) return badDescriptor(nativeType, 'a pointer');
  return addressForm(source, 'A pointer is passed as it is');
}
