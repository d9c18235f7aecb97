// dotnet/runtime `src/coreclr/vm/mlinfo.cpp`, MarshalInfo: the primitive types and what MarshalAs may make of them.

import { typeText } from '@ijw/metadata';
import { NativeType, type NativeTypeName } from '@ijw/metadata/marshalling';
import type { TypeNode } from '@ijw/metadata/signatures';
import { type AbiType, type Unsupported, unsupported } from '../abi/abi-type.ts';
import { type ScalarName, scalar, VOID_TREE } from '../native/native-tree.ts';
import { addressForm, badDescriptor, converted, type FormRequest, type FormSource, type NativeForm, sameBits } from './native-form.ts';
import { isAllowed, NUMBERS } from './number-descriptors.ts';
import { enumTree, pointerTree, primitiveTree } from './pointee-tree.ts';

type NamedType = TypeNode & { readonly kind: 'named' };

const integer = (size: 1 | 2 | 4 | 8, signed = false): AbiType => ({ kind: 'integer', size, signed });

/** What MarshalAs may say of an enumeration, by the size of the integer. */
const INTEGERS: Readonly<Record<number, readonly NativeTypeName[]>> = {
  1: ['i1', 'u1'],
  2: ['i2', 'u2'],
  4: ['i4', 'u4', 'error'],
  8: ['i8', 'u8'],
};

interface BoolParts {
  readonly text: string;
  readonly native: ScalarName;
  readonly size: 1 | 2 | 4;
  readonly because: string;
  readonly trueValue?: 1 | -1;
}

const boolForm = ({ text, native, size, because, trueValue = 1 }: BoolParts): NativeForm =>
  converted({
    text,
    native: scalar(native),
    abi: integer(size, size > 1),
    because,
    conversion: { kind: 'boolean', trueValue },
  });

const BYTE_BOOL = boolForm({ text: 'bool (1 byte)', native: 'uint8', size: 1, because: 'MarshalAs says one byte; not 0 is true' });

const BOOL = { text: 'BOOL', native: 'int32', size: 4 } as const;

const BOOL_FORMS = new Map<number | undefined, NativeForm>([
  [undefined, boolForm({ ...BOOL, because: 'A bool is a BOOL of four bytes where nothing else is said' })],
  [NativeType.boolean, boolForm({ ...BOOL, because: 'MarshalAs says BOOL' })],
  [NativeType.u1, BYTE_BOOL],
  [NativeType.i1, BYTE_BOOL],
  [
    NativeType.variantBool,
    boolForm({ text: 'VARIANT_BOOL', native: 'int16', size: 2, because: 'MarshalAs says VARIANT_BOOL', trueValue: -1 }),
  ],
]);

const ANSI_CHAR = converted({
  text: 'char',
  native: scalar('char8'),
  abi: integer(1, true),
  because: 'A char is converted to the ANSI code page',
  conversion: { kind: 'character', encoding: 'ansi' },
});
const wideChar = (because: string): NativeForm =>
  sameBits({ text: 'wchar_t', native: scalar('char16'), abi: integer(2), because, conversion: { kind: 'character', encoding: 'utf16' } });

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
  if (type.type === 'void')
    return request.isResult ? sameBits({ text: 'void', native: VOID_TREE, abi }) : unsupported('A parameter cannot be void');
  const text = typeText(source.metadata, type);
  if (!isAllowed(nativeType, NUMBERS[type.type] ?? [])) return badDescriptor(nativeType, text);
  return sameBits({ text, native: primitiveTree(type.type), abi });
}

/** An enumeration is its integer. */
export function enumForm({ metadata, measure }: FormSource, type: NamedType, { nativeType }: FormRequest): NativeForm | Unsupported {
  const abi = measure.of(type);
  if (abi.kind === 'unsupported') return abi;
  const name = typeText(metadata, type);
  const allowed = abi.kind === 'integer' ? INTEGERS[abi.size] : undefined;
  if (!isAllowed(nativeType, allowed ?? [])) return badDescriptor(nativeType, name);
  return sameBits({ text: name, native: enumTree(metadata, type.token), abi, because: 'An enumeration is its integer' });
}

/** Pointers of native code, to data and to functions. */
export function pointerForm(
  source: FormSource,
  type: TypeNode & { readonly kind: 'pointer' | 'functionPointer' },
  { nativeType }: FormRequest,
): NativeForm | Unsupported {
  if (!isAllowed(nativeType, type.kind === 'functionPointer' ? ['func'] : [])) return badDescriptor(nativeType, 'a pointer');
  return addressForm(source, 'A pointer is passed as it is', pointerTree(source, type));
}
