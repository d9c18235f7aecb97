import { UnsupportedError } from '@ijw/binary';
import type { TextEncoding } from '@ijw/marshalling';

interface TextCalls {
  readonly to: string;
  readonly from: string;
  readonly free: string;
}

const TEXT_CALLS: Readonly<Partial<Record<TextEncoding, TextCalls>>> = {
  ansi: { to: 'StringToCoTaskMemAnsi', from: 'PtrToStringAnsi', free: 'FreeCoTaskMem' },
  utf16: { to: 'StringToCoTaskMemUni', from: 'PtrToStringUni', free: 'FreeCoTaskMem' },
  utf8: { to: 'StringToCoTaskMemUTF8', from: 'PtrToStringUTF8', free: 'FreeCoTaskMem' },
  bstr: { to: 'StringToBSTR', from: 'PtrToStringBSTR', free: 'FreeBSTR' },
};

/** The functions of the runtime's stub for a string: allocate and convert, convert back, free. @throws UnsupportedError */
export function textCalls(encoding: TextEncoding): TextCalls {
  const calls = TEXT_CALLS[encoding];
  if (calls === undefined) throw new UnsupportedError('C# has no conversion to a BSTR of ANSI text');
  return calls;
}

/** Characters of the code page, one at a time, as the runtime converts them. */
export const ANSI_HELPERS = `
    private static byte ToAnsi(char value)
    {
        nint text = Marshal.StringToCoTaskMemAnsi(value.ToString());
        try { return *(byte*)text; }
        finally { Marshal.FreeCoTaskMem(text); }
    }

    private static char FromAnsi(byte value) => value == 0 ? '\\0' : Marshal.PtrToStringAnsi((nint)(&value), 1)[0];
`;
