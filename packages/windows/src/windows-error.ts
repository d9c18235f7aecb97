import { type ImagePlace, LoadRefusal } from './load-refusal.ts';

/**
 * winerror.h: the error codes of the Windows loader: a number, the HRESULT made of it, and the system's text. Callers give no file for its `%1`, so that it is
 * empty.
 */
export const WindowsError = {
  BAD_EXE_FORMAT: { code: 193, hresult: 0x800700c1, text: ' is not a valid Win32 application.' },
  MOD_NOT_FOUND: { code: 126, hresult: 0x8007007e, text: 'The specified module could not be found.' },
  PROC_NOT_FOUND: { code: 127, hresult: 0x8007007f, text: 'The specified procedure could not be found.' },
  INVALID_ORDINAL: { code: 182, hresult: 0x800700b6, text: 'The operating system cannot run .' },
  INVALID_ADDRESS: { code: 487, hresult: 0x800701e7, text: 'Attempt to access invalid address.' },
  NOACCESS: { code: 998, hresult: 0x800703e6, text: 'Invalid access to memory location.' },
  DLL_INIT_FAILED: { code: 1114, hresult: 0x8007045a, text: 'A dynamic link library (DLL) initialization routine failed.' },
  COMMITMENT_LIMIT: { code: 1455, hresult: 0x800705af, text: 'The paging file is too small for this operation to complete.' },
} as const;

export type WindowsErrorName = keyof typeof WindowsError;

/** A refusal by the Windows loader, before the CLR runs. */
export function windowsRefusal(error: WindowsErrorName, rule: string, reason: string, place?: ImagePlace): LoadRefusal {
  return new LoadRefusal({ rule, hresult: WindowsError[error].hresult, reason, ...(place && { place }) });
}
