// dotnet/runtime `src/coreclr/vm/mlinfo.cpp`, MarshalInfo: strings and System.Text.StringBuilder.

import { NativeType } from '@ijw/metadata';
import type { Unsupported } from '../abi/abi-type.ts';
import { badDescriptor, convertedPointer, type FormRequest, type FormSource, type NativeForm } from './native-form.ts';

interface TextForm {
  readonly native: string;
  /** Who frees the copy. */
  readonly cleanup: string;
}

const MEMORY = 'free the copy';
const ANSI: TextForm = { native: 'char* (ANSI)', cleanup: MEMORY };
const WIDE: TextForm = { native: 'wchar_t*', cleanup: MEMORY };
const BSTR: TextForm = { native: 'BSTR', cleanup: 'free the BSTR' };

/** `LPTSTR` and `TBSTR` are UTF-16 since Windows 9x is gone. */
const POINTERS = new Map<number, TextForm>([
  [NativeType.lpStr, ANSI],
  [NativeType.lpWStr, WIDE],
  [NativeType.lpTStr, WIDE],
  [NativeType.lpUtf8Str, { native: 'char* (UTF-8)', cleanup: MEMORY }],
]);

/** What a string may be, and a StringBuilder may not. */
const STRING_ONLY = new Map<number, TextForm>([
  [NativeType.bstr, BSTR],
  [NativeType.tBstr, BSTR],
  [NativeType.ansiBstr, { native: 'BSTR (ANSI)', cleanup: 'free the BSTR' }],
  [NativeType.byValStr, { native: 'buffer that the callee may write', cleanup: MEMORY }],
]);

const textForm = ({ nativeType, wide }: FormRequest): TextForm | undefined =>
  nativeType === undefined ? (wide ? WIDE : ANSI) : POINTERS.get(nativeType);

export function stringForm(source: FormSource, request: FormRequest): NativeForm | Unsupported {
  const { nativeType } = request;
  if (nativeType === NativeType.intf) return badDescriptor(nativeType, 'a string');
  const form = textForm(request) ?? STRING_ONLY.get(nativeType!);
  if (!form) return badDescriptor(nativeType, 'a string');
  if (request.isResult)
    return convertedPointer(source, form.native, 'The text is copied into a string, and the callee’s memory is freed', form.cleanup);
  if (form === WIDE) return convertedPointer(source, form.native, 'The characters of the string itself, pinned');
  return convertedPointer(source, form.native, 'A string is copied and converted', form.cleanup);
}

export function stringBuilderForm(source: FormSource, request: FormRequest): NativeForm | Unsupported {
  const form = textForm(request);
  if (!form) return badDescriptor(request.nativeType, 'a StringBuilder');
  return convertedPointer(source, form.native, 'A buffer of the builder’s capacity, copied in and back', form.cleanup);
}
