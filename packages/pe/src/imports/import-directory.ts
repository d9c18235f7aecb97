import type { Rva } from '../address.ts';
import type { PEImage } from '../pe-image.ts';
import { structure } from '../structure.ts';

/** PE/COFF "Import Directory Table". */
const importDescriptorLayout = structure({
  importLookupTableRva: 'u32',
  timeDateStamp: 'u32',
  forwarderChain: 'u32',
  nameRva: 'u32',
  importAddressTableRva: 'u32',
});

/** One imported function: by name or by ordinal. */
export interface ImportedSymbol {
  readonly name?: string;
  readonly ordinal?: number;
  /** Index into the export name table of the exporting module, as a guess. */
  readonly hint?: number;
  /** The slot of the import address table that the loader fills. */
  readonly iatRva: Rva;
}

export interface ImportedModule {
  readonly name: string;
  readonly timeDateStamp: number;
  readonly forwarderChain: number;
  readonly importLookupTableRva: Rva;
  readonly importAddressTableRva: Rva;
  readonly symbols: readonly ImportedSymbol[];
}

export interface ImportDirectory {
  readonly modules: readonly ImportedModule[];
}

/** Real images import a few hundred modules and a few thousand symbols of each; beyond this a table has no end. */
const MAXIMUM_MODULES = 0x4000;
const MAXIMUM_SYMBOLS = 0x20000;

/** PE/COFF "The .idata Section". What one descriptor lacks is a diagnostic; the others are still read. */
export function readImportDirectory(image: PEImage): ImportDirectory | undefined {
  const directory = image.directory('import');
  if (directory === undefined || directory.rva === 0) return undefined;
  const modules: ImportedModule[] = [];
  for (let index = 0; index < MAXIMUM_MODULES; index++) {
    const descriptor = image.diagnostics.attempt(() =>
      importDescriptorLayout.read(
        image.readerAt(directory.rva + index * importDescriptorLayout.size, importDescriptorLayout.size, 'the import directory'),
      ),
    );
    if (descriptor === undefined || descriptor.nameRva === 0 || descriptor.importAddressTableRva === 0) break;
    const name = image.diagnostics.attempt(() =>
      image.readerAt(descriptor.nameRva, undefined, 'the name of an imported module').cstring(512),
    );
    const lookup = descriptor.importLookupTableRva || descriptor.importAddressTableRva;
    modules.push({ ...descriptor, name: name ?? '', symbols: readThunks(image, lookup, descriptor.importAddressTableRva) });
  }
  return { modules };
}

/** PE/COFF "Import Lookup Table": pointer-sized entries up to a zero. */
export function readThunks(image: PEImage, lookupRva: Rva, iatRva: Rva, nameBias = 0): readonly ImportedSymbol[] {
  const symbols: ImportedSymbol[] = [];
  const size = image.pointerSize;
  const ordinalFlag = image.is64Bit ? 1n << 63n : 1n << 31n;
  for (let index = 0; index < MAXIMUM_SYMBOLS; index++) {
    const entry = image.diagnostics.attempt(() => image.readPointer(lookupRva + index * size, 'the import lookup table'));
    if (entry === undefined || entry === 0n) break;
    const slot = iatRva + index * size;
    if (entry & ordinalFlag) symbols.push({ ordinal: Number(entry & 0xffffn), iatRva: slot });
    else symbols.push({ ...readHintName(image, Number(entry & 0xffffffffn) - nameBias), iatRva: slot });
  }
  return symbols;
}

/** PE/COFF "Hint/Name Table". */
function readHintName(image: PEImage, rva: Rva): { readonly hint?: number; readonly name?: string } {
  return (
    image.diagnostics.attempt(() => {
      const reader = image.readerAt(rva, undefined, 'the hint/name table');
      return { hint: reader.u16(), name: reader.cstring(8192) };
    }) ?? {}
  );
}
