import { lazyFor } from '@ijw/binary';
import type { Rva } from '../address.ts';
import * as parsers from '../generated/structure-parsers.ts';
import type { PEImage } from '../pe-image.ts';
import { structure } from '../structure.ts';
import { TextBudget } from '../text-budget.ts';
import { type ImportedSymbol, readThunkTable } from './thunk-table.ts';

/** PE/COFF "Import Directory Table": IMAGE_IMPORT_DESCRIPTOR. */
export const importDescriptorLayout = structure(
  {
    /** OriginalFirstThunk. */
    importLookupTableRva: 'u32',
    /** 0; where the image is bound, a stamp or -1. */
    timeDateStamp: 'u32',
    forwarderChain: 'u32',
    nameRva: 'u32',
    /** FirstThunk. */
    importAddressTableRva: 'u32',
  },
  parsers.importDescriptor,
);

export interface ImportedModule {
  /** Empty where it cannot be read. */
  readonly name: string;
  readonly timeDateStamp: number;
  readonly forwarderChain: number;
  readonly importLookupTableRva: Rva;
  readonly importAddressTableRva: Rva;
  /** In the order of the slots. */
  readonly symbols: readonly ImportedSymbol[];
}

export interface ImportDirectory {
  readonly modules: readonly ImportedModule[];
}

const READING = 'the import directory';
const MODULE_NAME_LIMIT = 0x1000;

type Descriptor = ReturnType<typeof importDescriptorLayout.read>;

/** Windows reads the import address table itself where the lookup table is not inside the image (`LdrpSnapModule`). */
function lookupTableOf(image: PEImage, { importLookupTableRva, importAddressTableRva }: Descriptor): Rva {
  const { sizeOfHeaders, sizeOfImage } = image.optionalHeader;
  return importLookupTableRva >= sizeOfHeaders && importLookupTableRva < sizeOfImage ? importLookupTableRva : importAddressTableRva;
}

function readModule(image: PEImage, descriptor: Descriptor, budget: TextBudget): ImportedModule {
  const { nameRva, ...rest } = descriptor;
  const name = image.diagnostics.attempt(() => budget.cstring(image, nameRva, MODULE_NAME_LIMIT)) ?? '';
  const table = { lookupRva: lookupTableOf(image, descriptor), iatRva: descriptor.importAddressTableRva, reading: READING };
  return { name, ...rest, symbols: readThunkTable(image, table, budget) };
}

/**
 * PE/COFF "The .idata Section"; `undefined` when the image has no imports. The table ends at a descriptor without name or slots, as for Windows,
 * which does not look at the size of the directory. What is malformed is recorded in the image's diagnostics; the rest is given.
 */
export const readImportDirectory = lazyFor((image: PEImage): ImportDirectory | undefined => {
  const directory = image.directory('import');
  if (directory === undefined || directory.rva === 0) return undefined;
  const modules: ImportedModule[] = [];
  const budget = new TextBudget(image.bytes.length, READING);
  image.diagnostics.attempt(() => {
    for (let rva = directory.rva; ; rva += importDescriptorLayout.size) {
      const descriptor = importDescriptorLayout.read(image.readerAt(rva, importDescriptorLayout.size, READING));
      if (descriptor.nameRva === 0 || descriptor.importAddressTableRva === 0) return;
      budget.spend(importDescriptorLayout.size, rva);
      modules.push(readModule(image, descriptor, budget));
    }
  });
  return { modules };
});
