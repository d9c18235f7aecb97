// dotnet/runtime `src/coreclr/vm/mlinfo.cpp`, MarshalInfo: strings and System.Text.StringBuilder.

import { NativeType } from '@ijw/metadata/marshalling';
import { pointerType, type Unsupported } from '../abi/abi-type.ts';
import type { TextEncoding } from '../crossing-type.ts';
import { pointerTo, scalar } from '../native/native-tree.ts';
import {
  badDescriptor,
  cleanedUp,
  converted,
  convertedPointer,
  type FormRequest,
  type FormSource,
  type NativeForm,
} from './native-form.ts';

interface TextForm {
  readonly text: string;
  readonly unit: 'char8' | 'char16';
  /** Absent for a buffer that the callee may write. */
  readonly encoding?: TextEncoding;
  /** Who frees the copy. */
  readonly cleanup: string | undefined;
}

const MEMORY = 'free the copy';
const ANSI: TextForm = { text: 'char* (ANSI)', unit: 'char8', encoding: 'ansi', cleanup: MEMORY };
const WIDE: TextForm = { text: 'wchar_t*', unit: 'char16', encoding: 'utf16', cleanup: MEMORY };
const BSTR: TextForm = { text: 'BSTR', unit: 'char16', encoding: 'bstr', cleanup: 'free the BSTR' };

/** `LPTSTR` and `TBSTR` are UTF-16 since Windows 9x is gone. */
const POINTERS = new Map<number, TextForm>([
  [NativeType.lpStr, ANSI],
  [NativeType.lpWStr, WIDE],
  [NativeType.lpTStr, WIDE],
  [NativeType.lpUtf8Str, { text: 'char* (UTF-8)', unit: 'char8', encoding: 'utf8', cleanup: MEMORY }],
]);

/** Native types of a string that a StringBuilder does not have. */
const STRING_ONLY = new Map<number, TextForm>([
  [NativeType.bstr, BSTR],
  [NativeType.tBstr, BSTR],
  [NativeType.ansiBstr, { text: 'BSTR (ANSI)', unit: 'char8', encoding: 'ansiBstr', cleanup: 'free the BSTR' }],
  [NativeType.byValStr, { text: 'buffer that the callee may write', unit: 'char8', cleanup: MEMORY }],
]);

const textForm = ({ nativeType, wide }: FormRequest): TextForm | undefined =>
  nativeType === undefined ? (wide ? WIDE : ANSI) : POINTERS.get(nativeType);

export function stringForm(source: FormSource, request: FormRequest): NativeForm | Unsupported {
  const { nativeType } = request;
  if (nativeType === NativeType.intf) return badDescriptor(nativeType, 'a string');
  const form = textForm(request) ?? (nativeType === undefined ? undefined : STRING_ONLY.get(nativeType));
  if (!form) return badDescriptor(nativeType, 'a string');
  if (request.isResult) return textOf(source, form, 'The text is copied into a string, and the callee’s memory is freed');
  if (form === WIDE) return textOf(source, { ...form, cleanup: undefined }, 'The characters of the string itself, pinned');
  return textOf(source, form, 'A string is copied and converted');
}

function textOf({ measure }: FormSource, { text, unit, encoding, cleanup }: TextForm, because: string): NativeForm {
  const form = converted({
    text,
    native: pointerTo(scalar(unit)),
    abi: pointerType(measure.pointerSize),
    because,
    ...(encoding !== undefined && { conversion: { kind: 'text', encoding } }),
  });
  return cleanedUp(form, cleanup);
}

export function stringBuilderForm(source: FormSource, request: FormRequest): NativeForm | Unsupported {
  const form = textForm(request);
  if (!form) return badDescriptor(request.nativeType, 'a StringBuilder');
  const encoding = form.encoding === 'utf8' || form.encoding === 'ansi' ? form.encoding : 'utf16';
  return convertedPointer(source, {
    text: form.text,
    native: pointerTo(scalar(form.unit)),
    because: 'A buffer of the builder’s capacity, copied in and back',
    conversion: { kind: 'buffer', encoding },
    cleanup: form.cleanup,
  });
}
