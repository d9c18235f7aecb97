import type { Rva } from '../address.ts';
import type { PEImage } from '../pe-image.ts';
import type { TextBudget } from '../text-budget.ts';

/** One imported function: by name or by ordinal; by neither where its name cannot be read. */
export interface ImportedSymbol {
  /** The slot of the import address table that the loader fills. */
  readonly iatRva: Rva;
  readonly name?: string;
  readonly ordinal?: number;
  /** A guess at the index into the exporter's name table. */
  readonly hint?: number;
}

/** Longest name that is read; compilers shorten theirs to 4 096 characters or so. */
const NAME_LIMIT = 0x4000;

export interface ThunkTable {
  readonly lookupRva: Rva;
  readonly iatRva: Rva;
  readonly reading: string;
  /** What the entries that name a symbol are relative to: the image base where they are addresses (delay imports of Visual C++ 6). */
  readonly base?: bigint;
}

function readName(image: PEImage, rva: Rva, reading: string, budget: TextBudget): Pick<ImportedSymbol, 'name' | 'hint'> {
  const hint = image.u16At(rva, reading);
  return { name: budget.cstring(image, rva + 2, NAME_LIMIT), hint };
}

function readThunk(image: PEImage, thunk: bigint, iatRva: Rva, table: ThunkTable, budget: TextBudget): ImportedSymbol {
  const flag = image.is64Bit ? 1n << 63n : 1n << 31n;
  if (thunk & flag) return { iatRva, ordinal: Number(thunk & 0xffffn) };
  const rva = Number(thunk - (table.base ?? 0n));
  const name = image.diagnostics.attempt(() => readName(image, rva, table.reading, budget));
  return { iatRva, ...name };
}

/** PE/COFF "Import Lookup Table": its symbols up to the null entry. A table that leaves the image ends there, with a diagnostic. */
export function readThunkTable(image: PEImage, table: ThunkTable, budget: TextBudget): readonly ImportedSymbol[] {
  const symbols: ImportedSymbol[] = [];
  const size = image.pointerSize;
  image.diagnostics.attempt(() => {
    for (let offset = 0; ; offset += size) {
      const thunk = image.readPointer(table.lookupRva + offset, table.reading);
      if (thunk === 0n) return;
      budget.spend(size, table.lookupRva);
      symbols.push(readThunk(image, thunk, table.iatRva + offset, table, budget));
    }
  });
  return symbols;
}
