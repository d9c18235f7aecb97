import type { ClrException } from '@ijw/loader';

/** `System.IO.FileLoadException 0x80131522 "message" <- System.TypeLoadException …`, as the host program prints what it caught. */
export function parseException(text: string): ClrException {
  const body = text.replace(/^EX(\(target\))?: /, '');
  const parts = [...body.matchAll(/([\w.]+) 0x([0-9A-F]{8}) "((?:[^"\\]|\\.)*?)"(?= <- |$)/gs)];
  return parts.reverse().reduce<ClrException | undefined>((inner, [, type, hresult, message]) => {
    const exception = { type: type!, hresult: Number.parseInt(hresult!, 16), message: systemText(message!) };
    return inner ? { ...exception, inner } : exception;
  }, undefined)!;
}

/** Texts that Wine gives for Windows error numbers, and what Windows itself says. */
const SYSTEM_TEXTS: readonly (readonly [string, string])[] = [
  ['Bad format.', 'An attempt was made to load a program with an incorrect format.'],
  ['DLL initialization failed.', 'A dynamic link library (DLL) initialization routine failed.'],
  ['No access to memory location.', 'Invalid access to memory location.'],
  ['File not found.', 'The system cannot find the file specified.'],
  ['Module not found.', 'The specified module could not be found.'],
  ['Invalid address.', 'Attempt to access invalid address.'],
];

export function systemText(message: string): string {
  return SYSTEM_TEXTS.reduce((text, [wine, windows]) => text.replace(wine, windows), message);
}

/** HRESULTs that are Wine's own: what an import that the exporter does not have ends in. */
const WINE_HRESULTS: ReadonlyMap<number, number> = new Map([[0x8007013d, 0x8007007f]]);

export function withoutWine(exception: ClrException): ClrException {
  const hresult = WINE_HRESULTS.get(exception.hresult);
  if (hresult === undefined) return exception;
  return {
    ...exception,
    hresult,
    message: exception.message.replace(/'\. .*$/, `'. The specified procedure could not be found. (0x8007007F)`),
  };
}
