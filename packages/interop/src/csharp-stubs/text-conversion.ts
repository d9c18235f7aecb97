import type { TextEncoding } from '../shape/marshalled-value.ts';

/** What the runtime's stub calls for a string: allocate and convert, convert back, free. */
export const TEXT_CALLS: Readonly<Record<TextEncoding, { readonly to: string; readonly from: string; readonly free: string }>> = {
  ansi: { to: 'StringToCoTaskMemAnsi', from: 'PtrToStringAnsi', free: 'FreeCoTaskMem' },
  utf16: { to: 'StringToCoTaskMemUni', from: 'PtrToStringUni', free: 'FreeCoTaskMem' },
  utf8: { to: 'StringToCoTaskMemUTF8', from: 'PtrToStringUTF8', free: 'FreeCoTaskMem' },
  bstr: { to: 'StringToBSTR', from: 'PtrToStringBSTR', free: 'FreeBSTR' },
};

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
