// dotnet/runtime `src/coreclr/vm/mlinfo.cpp`, MarshalInfo: strings and System.Text.StringBuilder.

import { NativeType } from '@ijw/metadata';
import { pointerType, type Unsupported } from '../abi/abi-type.ts';
import {
  badDescriptor,
  type Conversion,
  cleanedUp,
  converted,
  convertedPointer,
  type FormRequest,
  type FormSource,
  type NativeForm,
} from './native-form.ts';

interface TextForm {
  readonly native: string;
  readonly conversion?: Conversion;
  /** Who frees the copy. */
  readonly cleanup: string | undefined;
}

const MEMORY = 'free the copy';
const ANSI: TextForm = { native: 'char* (ANSI)', conversion: 'ansiString', cleanup: MEMORY };
const WIDE: TextForm = { native: 'wchar_t*', conversion: 'wideString', cleanup: MEMORY };
const BSTR: TextForm = { native: 'BSTR', conversion: 'wideString', cleanup: 'free the BSTR' };

/** `LPTSTR` and `TBSTR` are UTF-16 since Windows 9x is gone. */
const POINTERS = new Map<number, TextForm>([
  [NativeType.lpStr, ANSI],
  [NativeType.lpWStr, WIDE],
  [NativeType.lpTStr, WIDE],
  [NativeType.lpUtf8Str, { native: 'char* (UTF-8)', conversion: 'utf8String', cleanup: MEMORY }],
]);

/** What a string may be, and a StringBuilder may not. */
const STRING_ONLY = new Map<number, TextForm>([
  [NativeType.bstr, BSTR],
  [NativeType.tBstr, BSTR],
  [NativeType.ansiBstr, { native: 'BSTR (ANSI)', conversion: 'ansiString', cleanup: 'free the BSTR' }],
  [NativeType.byValStr, { native: 'buffer that the callee may write', cleanup: MEMORY }],
]);

const textForm = ({ nativeType, wide }: FormRequest): TextForm | undefined =>
  nativeType === undefined ? (wide ? WIDE : ANSI) : POINTERS.get(nativeType);

export function stringForm(source: FormSource, request: FormRequest): NativeForm | Unsupported {
  const { nativeType } = request;
  if (nativeType === NativeType.intf) return badDescriptor(nativeType, 'a string');
  const form = textForm(request) ?? STRING_ONLY.get(nativeType!);
  if (!form) return badDescriptor(nativeType, 'a string');
  if (request.isResult) return textOf(source, form, 'The text is copied into a string, and the callee’s memory is freed');
  if (form === WIDE) return textOf(source, { ...form, cleanup: undefined }, 'The characters of the string itself, pinned');
  return textOf(source, form, 'A string is copied and converted');
}

const textOf = ({ measure }: FormSource, { native, conversion, cleanup }: TextForm, why: string): NativeForm =>
  cleanedUp(converted(native, pointerType(measure.pointerSize), why, conversion), cleanup);

export function stringBuilderForm(source: FormSource, request: FormRequest): NativeForm | Unsupported {
  const form = textForm(request);
  if (!form) return badDescriptor(request.nativeType, 'a StringBuilder');
  return convertedPointer(source, form.native, 'A buffer of the builder’s capacity, copied in and back', form.cleanup);
}
