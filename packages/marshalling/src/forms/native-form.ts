import { hex } from '@ijw/binary';
import { type Metadata, nativeTypeName, type Token, type TypeDefToken, type TypeNode } from '@ijw/metadata';
import { type AbiType, pointerType, type Unsupported, unsupported } from '../abi/abi-type.ts';
import type { TypeMeasure } from '../abi/type-measure.ts';
import type { CopyConstruction } from './copy-construction.ts';
import type { NativeStructures } from './native-structure.ts';
import type { ValueTypes } from './value-types.ts';

/** What is done to a value whose bits are not the same on both sides, or whose bits are an address. */
export type Conversion =
  /** An address, which managed code that has no objects sees as a number. */
  | 'address'
  /** Not 0 is true. */
  | 'boolean'
  | 'variantBool'
  | 'ansiChar'
  | 'wideChar'
  | 'ansiString'
  | 'utf8String'
  | 'wideString'
  /** A double of days. */
  | 'date'
  /** The structure stays where it is, and its address is passed. */
  | 'addressOfValue';

/** What a value is on the native side. */
export interface NativeForm {
  readonly native: string;
  readonly abi: AbiType;
  /** Both sides hold the same bits. */
  readonly blittable: boolean;
  readonly why: string;
  /** Absent where the bits are the value, and where no conversion is known here. */
  readonly conversion?: Conversion;
  /** What is given back once the call is over. */
  readonly cleanup?: string;
  /** C++ copies the value itself, and what the stub has to do about it. */
  readonly copyConstruction?: CopyConstruction;
}

/** What a form depends on besides the type. */
export interface FormRequest {
  /** The native type that MarshalAs says; `undefined` is the default. */
  readonly nativeType: number | undefined;
  /** Text is UTF-16 where nothing else is said. */
  readonly wide: boolean;
  readonly isResult: boolean;
}

/** Where forms are looked up. */
export interface FormSource {
  readonly metadata: Metadata;
  readonly measure: TypeMeasure;
  readonly valueTypes: ValueTypes;
  /** The structures that are laid out anew. */
  readonly structures: NativeStructures;
  /** The form of any type, for elements and fields. @throws BadImageError */
  readonly form: (type: TypeNode, request: FormRequest) => NativeForm | Unsupported;
  /** The definition of a type of another assembly, where that is at hand. @throws BadImageError */
  readonly definition: (reference: Token) => { readonly source: FormSource; readonly token: TypeDefToken } | undefined;
}

export const converted = (native: string, abi: AbiType, why: string, conversion?: Conversion): NativeForm => ({
  native,
  abi,
  blittable: false,
  why,
  ...(conversion !== undefined && { conversion }),
});

/** The address of native memory that is given back once the call is over. */
export const cleanedUp = (form: NativeForm, cleanup: string | undefined): NativeForm =>
  cleanup === undefined ? form : { ...form, cleanup };

export const sameBits = (native: string, abi: AbiType, why = 'The same bits on both sides'): NativeForm => ({
  native,
  abi,
  blittable: true,
  why,
});

export const addressForm = ({ measure }: FormSource, why: string, native = 'pointer'): NativeForm => ({
  ...sameBits(native, pointerType(measure.pointerSize), why),
  conversion: 'address',
});

export const convertedPointer = ({ measure }: FormSource, native: string, why: string, cleanup?: string): NativeForm =>
  cleanedUp(converted(native, pointerType(measure.pointerSize), why, 'address'), cleanup);

/** MarshalAs and the managed type do not go together (`IDS_EE_BADMARSHAL_…`). */
export const badDescriptor = (nativeType: number | undefined, what: string): Unsupported => {
  const name = nativeType === undefined ? 'nothing' : (nativeTypeName(nativeType) ?? `native type ${hex(nativeType)}`);
  return unsupported(`MarshalAs says ${name}, which ${what} cannot be`);
};

export const isUnsupported = (form: NativeForm | Unsupported): form is Unsupported => 'kind' in form;
