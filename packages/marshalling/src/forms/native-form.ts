import { hex } from '@ijw/binary';
import type { Metadata, Token, TypeDefToken } from '@ijw/metadata';
import { type MarshallingDescriptor, nativeTypeName } from '@ijw/metadata/marshalling';
import type { TypeNode } from '@ijw/metadata/signatures';
import { type AbiType, pointerType, type Unsupported, unsupported } from '../abi/abi-type.ts';
import type { TypeMeasure } from '../abi/type-measure.ts';
import type { Conversion, CrossingType } from '../crossing-type.ts';
import { ADDRESS, type NativeTree } from '../native/native-tree.ts';
import type { NativeStructures } from './native-structure.ts';
import type { ValueTypes } from './value-types.ts';

/** The native form of a value, without its managed type. */
export type NativeForm = Omit<CrossingType, 'managed'>;

/** The inputs of a form besides the type. */
export interface FormRequest {
  /** The native type that MarshalAs says; `undefined` is the default. */
  readonly nativeType: number | undefined;
  /** The whole descriptor, for arrays. */
  readonly descriptor?: MarshallingDescriptor | undefined;
  /** Text is UTF-16 where nothing else is said. */
  readonly wide: boolean;
  readonly isResult: boolean;
}

/** The context of the search for forms. */
export interface FormSource {
  readonly metadata: Metadata;
  readonly measure: TypeMeasure;
  readonly valueTypes: ValueTypes;
  /** The structures of native code. */
  readonly structures: NativeStructures;
  /** DisableRuntimeMarshallingAttribute: only bits cross. */
  readonly bitsOnly: () => boolean;
  /** The form of any type, for elements and fields. @throws BadImageError */
  readonly form: (type: TypeNode, request: FormRequest) => CrossingType | Unsupported;
  /** The definition of a type of another assembly that was given. @throws BadImageError */
  readonly definition: (reference: Token) => { readonly source: FormSource; readonly token: TypeDefToken } | undefined;
}

interface FormParts {
  readonly text: string;
  readonly native: NativeTree;
  readonly abi: AbiType;
  readonly because: string;
  readonly conversion?: Conversion;
}

const RUNTIME: Conversion = { kind: 'runtime' };
const NONE: Conversion = { kind: 'none' };
const ADDRESS_CONVERSION: Conversion = { kind: 'address' };

/** A value whose native form differs; without a conversion here, only the runtime makes it. */
export const converted = ({ text, native, abi, because, conversion = RUNTIME }: FormParts): NativeForm => ({
  native,
  nativeText: text,
  abi,
  blittable: false,
  conversion,
  because,
});

/** A resource that is released after the call. */
export const cleanedUp = (form: NativeForm, cleanup: string | undefined): NativeForm =>
  cleanup === undefined ? form : Object.assign({ cleanup }, form);

export const sameBits = ({
  text,
  native,
  abi,
  because = 'The same bits on both sides',
  conversion = NONE,
}: Omit<FormParts, 'because'> & { readonly because?: string }): NativeForm => ({
  native,
  nativeText: text,
  abi,
  blittable: true,
  conversion,
  because,
});

/** An address that is passed unchanged. */
export const addressForm = ({ measure }: FormSource, because: string, native: NativeTree = ADDRESS, text = 'pointer'): NativeForm =>
  sameBits({ text, native, abi: pointerType(measure.pointerSize), because, conversion: ADDRESS_CONVERSION });

interface PointerParts {
  readonly text: string;
  readonly because: string;
  readonly native?: NativeTree;
  readonly conversion?: Conversion;
  readonly cleanup?: string | undefined;
}

/** The address of a value that exists for the call only. */
export const convertedPointer = (
  { measure }: FormSource,
  { text, because, native = ADDRESS, conversion = ADDRESS_CONVERSION, cleanup }: PointerParts,
): NativeForm => cleanedUp(converted({ text, native, abi: pointerType(measure.pointerSize), because, conversion }), cleanup);

/** MarshalAs and the managed type do not go together (`IDS_EE_BADMARSHAL_…`). */
export const badDescriptor = (nativeType: number | undefined, what: string): Unsupported => {
  const name = nativeType === undefined ? 'nothing' : (nativeTypeName(nativeType) ?? `native type ${hex(nativeType)}`);
  return unsupported(`MarshalAs says ${name}, which ${what} cannot be`);
};

export const isUnsupported = (form: CrossingType | NativeForm | Unsupported): form is Unsupported => 'kind' in form;
