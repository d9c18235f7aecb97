import type { FileOffset } from '../address.ts';
import { decodeName } from '../decode-name.ts';
import type { CoffHeader } from '../headers/coff-header.ts';

/** PE/COFF "COFF Symbol Table": each record, also an auxiliary one, takes as much. */
export const SYMBOL_SIZE = 18;

/** PE/COFF "COFF String Table": where it stands, directly behind the symbols. */
export const stringTableOffset = ({ pointerToSymbolTable, numberOfSymbols }: CoffHeader): FileOffset =>
  pointerToSymbolTable + numberOfSymbols * SYMBOL_SIZE;

/** The text at an offset of the string table, which counts from the table's own size field. `undefined` where that is beyond the file. */
export function coffString(bytes: Uint8Array, coffHeader: CoffHeader, offset: number, limit: number): string | undefined {
  const start = stringTableOffset(coffHeader) + offset;
  return start < bytes.length ? textUpToNul(bytes.subarray(start, start + limit)) : undefined;
}

/** Names that fill their field have no NUL. */
export function textUpToNul(view: Uint8Array): string {
  const end = view.indexOf(0);
  return decodeName(end < 0 ? view : view.subarray(0, end));
}
