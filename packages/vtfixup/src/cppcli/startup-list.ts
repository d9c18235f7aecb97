// The Visual C++ library's `mstartup.cpp` and `mstartup.h`: sections .CRTMA$, .CRTMP$, .CRTVT$, .CRT$XI, .CRT$XC become tables between two symbols.

import type { Diagnostics } from '@ijw/binary';
import { type Metadata, methodFullName, type Token } from '@ijw/metadata';
import type { PEImage } from '@ijw/pe';
import { rvaOfAddress } from '../code/jump.ts';
import { isMethodToken } from '../entries/slot-token.ts';

/** The tables of functions that `<LanguageSupport>::Initialize` runs, by the names of their first and last symbols. */
export const startupTables = [
  { name: '__xi_vt', start: '__xi_vt_a', end: '__xi_vt_z', holds: 'token', purpose: 'vtables, once for each application domain' },
  {
    name: '__xi',
    start: '__xi_a',
    end: '__xi_z',
    holds: 'pointer',
    purpose: 'native C initializers, which may fail, once for the process',
  },
  { name: '__xc', start: '__xc_a', end: '__xc_z', holds: 'pointer', purpose: 'native C++ constructors, once for the process' },
  { name: '__xc_mp', start: '__xc_mp_a', end: '__xc_mp_z', holds: 'token', purpose: 'managed initializers, once for the process' },
  {
    name: '__xc_ma',
    start: '__xc_ma_a',
    end: '__xc_ma_z',
    holds: 'token',
    purpose: 'managed initializers, once for each application domain',
  },
] as const;

export type StartupTable = (typeof startupTables)[number];

/** A function of a start-up table. */
export type StartupEntry =
  | { readonly kind: 'token'; readonly rva: number; readonly token: number; readonly method?: string }
  /** `target` is absent for an address that is not in the image. */
  | { readonly kind: 'pointer'; readonly rva: number; readonly target?: number };

export interface StartupList {
  readonly name: StartupTable['name'];
  readonly purpose: string;
  /** RVAs of the first symbol and the last. */
  readonly start: number;
  readonly end: number;
  readonly entries: readonly StartupEntry[];
}

function entryAt(image: PEImage, metadata: Metadata, holds: StartupTable['holds'], rva: number): StartupEntry | undefined {
  const value = image.readPointer(rva, 'a start-up table');
  if (value === 0n) return undefined;
  if (holds === 'token') {
    const token = Number(value & 0xffffffffn);
    return { kind: 'token', rva, token, ...(isMethodToken(metadata, token) && { method: methodFullName(metadata, token as Token) }) };
  }
  const target = rvaOfAddress(value, image.optionalHeader.imageBase);
  return { kind: 'pointer', rva, ...(target !== undefined && image.sectionAt(target) && { target }) };
}

/** @param symbols RVAs of fields by name; tables of which one end is missing are left out */
export function readStartupLists(
  image: PEImage,
  metadata: Metadata,
  symbols: ReadonlyMap<string, number>,
  diagnostics: Diagnostics,
): readonly StartupList[] {
  const lists: StartupList[] = [];
  for (const { name, start: first, end: last, holds, purpose } of startupTables) {
    const start = symbols.get(first);
    const end = symbols.get(last);
    if (start === undefined || end === undefined || end < start || end - start > image.bytes.length) continue;
    const entries: StartupEntry[] = [];
    diagnostics.attempt(() => {
      for (let rva = start; rva < end; rva += image.pointerSize) {
        const entry = entryAt(image, metadata, holds, rva);
        if (entry !== undefined) entries.push(entry);
      }
    });
    lists.push({ name, purpose, start, end, entries });
  }
  return lists;
}
