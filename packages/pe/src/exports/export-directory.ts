import type { Rva } from '../address.ts';
import type { PEImage } from '../pe-image.ts';
import { structure } from '../structure.ts';

/** PE/COFF "Export Directory Table". */
const exportDirectoryLayout = structure({
  characteristics: 'u32',
  timeDateStamp: 'u32',
  majorVersion: 'u16',
  minorVersion: 'u16',
  nameRva: 'u32',
  ordinalBase: 'u32',
  numberOfFunctions: 'u32',
  numberOfNames: 'u32',
  addressOfFunctions: 'u32',
  addressOfNames: 'u32',
  addressOfNameOrdinals: 'u32',
});

export interface ExportedSymbol {
  /** Absent for one that is exported by ordinal only. */
  readonly name?: string;
  readonly ordinal: number;
  /** Absent for a forwarder. */
  readonly rva?: Rva;
  /** `MODULE.Name` or `MODULE.#ordinal`. */
  readonly forwarder?: string;
}

export interface ExportDirectory {
  /** The name the module was linked with. */
  readonly moduleName: string | undefined;
  readonly timeDateStamp: number;
  readonly ordinalBase: number;
  /** By ordinal, and by name where one ordinal has several; addresses of zero are no exports. */
  readonly symbols: readonly ExportedSymbol[];
}

/** PE/COFF "The .edata Section". @throws BadImageError */
export function readExportDirectory(image: PEImage): ExportDirectory | undefined {
  const directory = image.directory('export');
  if (directory === undefined || directory.rva === 0) return undefined;
  const raw = exportDirectoryLayout.read(image.readerAt(directory.rva, exportDirectoryLayout.size, 'the export directory'));
  const cstring = (rva: Rva, reading: string): string | undefined =>
    image.diagnostics.attempt(() => image.readerAt(rva, undefined, reading).cstring(8192));
  const names = readNames(image, raw, cstring);
  const addresses = tableReader(image, raw.addressOfFunctions, raw.numberOfFunctions, 4, 'the export address table');
  const symbols: ExportedSymbol[] = [];
  for (let index = 0; index < raw.numberOfFunctions; index++) {
    const rva = addresses.u32();
    if (rva === 0) continue;
    const forwarded = rva >= directory.rva && rva < directory.rva + directory.size;
    const target = forwarded ? { forwarder: cstring(rva, 'an export forwarder') ?? '' } : { rva };
    const ordinal = raw.ordinalBase + index;
    for (const name of names.get(index) ?? [undefined]) symbols.push({ ...(name !== undefined && { name }), ordinal, ...target });
  }
  const moduleName = raw.nameRva === 0 ? undefined : cstring(raw.nameRva, 'the name of the exporting module');
  return { moduleName, timeDateStamp: raw.timeDateStamp, ordinalBase: raw.ordinalBase, symbols };
}

const tableReader = (image: PEImage, rva: Rva, count: number, size: number, reading: string) => {
  const reader = count === 0 ? image.readerAt(image.directory('export')!.rva, 0, reading) : image.readerAt(rva, undefined, reading);
  reader.count(count, size);
  return reader;
};

/** The names of each entry of the export address table. */
function readNames(
  image: PEImage,
  raw: { readonly numberOfNames: number; readonly addressOfNames: Rva; readonly addressOfNameOrdinals: Rva },
  cstring: (rva: Rva, reading: string) => string | undefined,
): ReadonlyMap<number, readonly string[]> {
  const pointers = tableReader(image, raw.addressOfNames, raw.numberOfNames, 4, 'the export name pointer table');
  const ordinals = tableReader(image, raw.addressOfNameOrdinals, raw.numberOfNames, 2, 'the export ordinal table');
  const names = new Map<number, string[]>();
  for (let index = 0; index < raw.numberOfNames; index++) {
    const name = cstring(pointers.u32(), 'the name of an export');
    const entry = ordinals.u16();
    if (name === undefined) continue;
    const list = names.get(entry);
    if (list) list.push(name);
    else names.set(entry, [name]);
  }
  return names;
}
