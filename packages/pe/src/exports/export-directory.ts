import { lazyFor } from '@ijw/binary';
import type { Rva } from '../address.ts';
import * as parsers from '../generated/structure-parsers.ts';
import type { DataDirectory } from '../headers/data-directory.ts';
import type { PEImage } from '../pe-image.ts';
import { type StructureOf, structure } from '../structure.ts';
import { TextBudget } from '../text-budget.ts';

/** PE/COFF "Export Directory Table": IMAGE_EXPORT_DIRECTORY. */
export const exportDirectoryLayout = structure(
  {
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
  },
  parsers.exportDirectory,
);

/** One name of one ordinal, or an ordinal without a name. */
export interface ExportedSymbol {
  readonly ordinal: number;
  readonly name?: string;
  /** Absent for a forwarder. */
  readonly rva?: Rva;
  /** `MODULE.Name` or `MODULE.#ordinal`. */
  readonly forwarder?: string;
}

export type ExportDirectory = Readonly<Header> & {
  /** The name that the module was linked with. */
  readonly moduleName: string | undefined;
  /** By ordinal, and for one ordinal in the order of the names. An ordinal without address and name is a gap and is not there. */
  readonly symbols: readonly ExportedSymbol[];
};

type Header = StructureOf<typeof exportDirectoryLayout>;

const READING = 'the export directory';
const NAME_LIMIT = 0x4000;

/** The names of each index into the address table. */
function readNames(image: PEImage, header: Header, budget: TextBudget): ReadonlyMap<number, readonly string[]> {
  const byIndex = new Map<number, string[]>();
  if (header.numberOfNames === 0) return byIndex;
  const names = image.readerAt(header.addressOfNames, undefined, READING);
  const ordinals = image.readerAt(header.addressOfNameOrdinals, undefined, READING);
  names.count(header.numberOfNames, 4);
  ordinals.count(header.numberOfNames, 2);
  for (let index = 0; index < header.numberOfNames; index++) {
    const rva = names.u32();
    const target = ordinals.u16();
    image.diagnostics.attempt(() => {
      const name = budget.cstring(image, rva, NAME_LIMIT);
      if (target >= header.numberOfFunctions)
        throw ordinals.error('BAD_EXPORT_ORDINAL', `"${name}" has index ${target}, beyond the addresses`);
      const list = byIndex.get(target);
      if (list === undefined) byIndex.set(target, [name]);
      else list.push(name);
    });
  }
  return byIndex;
}

/** An address inside the directory points at the text of a forwarder (PE/COFF "Export Address Table"). */
function readTarget(image: PEImage, rva: Rva, directory: DataDirectory, budget: TextBudget): Pick<ExportedSymbol, 'rva' | 'forwarder'> {
  if (rva < directory.rva || rva >= directory.rva + directory.size) return { rva };
  return { forwarder: budget.cstring(image, rva, NAME_LIMIT) };
}

function readSymbols(image: PEImage, header: Header, directory: DataDirectory): ExportedSymbol[] {
  const symbols: ExportedSymbol[] = [];
  if (header.numberOfFunctions === 0) return symbols;
  const budget = new TextBudget(image.bytes.length, READING);
  const byIndex = image.diagnostics.attempt(() => readNames(image, header, budget));
  const addresses = image.readerAt(header.addressOfFunctions, undefined, READING);
  addresses.count(header.numberOfFunctions, 4);
  for (let index = 0; index < header.numberOfFunctions; index++) {
    const rva = addresses.u32();
    const names = byIndex?.get(index);
    if (rva === 0 && names === undefined) continue;
    const target = image.diagnostics.attempt(() => readTarget(image, rva, directory, budget));
    if (target === undefined) continue;
    const ordinal = (header.ordinalBase + index) >>> 0;
    if (names === undefined) symbols.push({ ordinal, ...target });
    else for (const name of names) symbols.push({ ordinal, name, ...target });
  }
  return symbols;
}

/**
 * PE/COFF "The .edata Section"; `undefined` when the image exports nothing. Throws `BadImageError` when the directory itself is not there; what is
 * malformed in it is recorded in the image's diagnostics and left out.
 */
export const readExportDirectory = lazyFor((image: PEImage): ExportDirectory | undefined => {
  const directory = image.directory('export');
  if (directory === undefined || directory.rva === 0) return undefined;
  const header = exportDirectoryLayout.read(image.readerAt(directory.rva, exportDirectoryLayout.size, READING));
  const moduleName =
    header.nameRva === 0 ? undefined : image.diagnostics.attempt(() => image.cstringAt(header.nameRva, READING, NAME_LIMIT));
  const symbols = image.diagnostics.attempt(() => readSymbols(image, header, directory)) ?? [];
  return { ...header, moduleName, symbols };
});
