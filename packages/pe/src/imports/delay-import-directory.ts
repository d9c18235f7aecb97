import { lazyFor } from '@ijw/binary';
import type { Rva } from '../address.ts';
import * as parsers from '../generated/structure-parsers.ts';
import type { PEImage } from '../pe-image.ts';
import { structure } from '../structure.ts';
import { TextBudget } from '../text-budget.ts';
import { type ImportedSymbol, readThunkTable } from './thunk-table.ts';

/** PE/COFF "Delay-Load Import Tables": IMAGE_DELAYLOAD_DESCRIPTOR, ImgDelayDescr of delayimp.h. */
export const delayDescriptorLayout = structure(
  {
    /** Bit 0: the other fields are RVAs. Visual C++ 6 left it clear and wrote addresses. */
    attributes: 'u32',
    name: 'u32',
    moduleHandle: 'u32',
    importAddressTable: 'u32',
    importNameTable: 'u32',
    boundImportAddressTable: 'u32',
    unloadInformationTable: 'u32',
    timeDateStamp: 'u32',
  },
  parsers.delayDescriptor,
);

export const DELAY_ATTRIBUTE_RVA = 1;

export interface DelayImportedModule {
  /** Empty where it cannot be read. */
  readonly name: string;
  readonly attributes: number;
  readonly timeDateStamp: number;
  readonly moduleHandleRva: Rva;
  readonly importAddressTableRva: Rva;
  readonly importNameTableRva: Rva;
  readonly boundImportAddressTableRva: Rva;
  readonly unloadInformationTableRva: Rva;
  /** In the order of the slots. */
  readonly symbols: readonly ImportedSymbol[];
}

export interface DelayImportDirectory {
  readonly modules: readonly DelayImportedModule[];
}

const READING = 'the delay import directory';
const MODULE_NAME_LIMIT = 0x1000;

function readModule(image: PEImage, raw: ReturnType<typeof delayDescriptorLayout.read>, budget: TextBudget): DelayImportedModule {
  const base = raw.attributes & DELAY_ATTRIBUTE_RVA ? 0n : image.optionalHeader.imageBase;
  const rva = (field: number): Rva => (field === 0 ? 0 : Number(BigInt(field) - base));
  const name = image.diagnostics.attempt(() => budget.cstring(image, rva(raw.name), MODULE_NAME_LIMIT)) ?? '';
  const table = { lookupRva: rva(raw.importNameTable), iatRva: rva(raw.importAddressTable), reading: READING, base };
  return {
    name,
    attributes: raw.attributes,
    timeDateStamp: raw.timeDateStamp,
    moduleHandleRva: rva(raw.moduleHandle),
    importAddressTableRva: table.iatRva,
    importNameTableRva: table.lookupRva,
    boundImportAddressTableRva: rva(raw.boundImportAddressTable),
    unloadInformationTableRva: rva(raw.unloadInformationTable),
    symbols: readThunkTable(image, table, budget),
  };
}

/** The modules that the image loads when it first calls them; `undefined` when it has none. What is malformed is recorded in its diagnostics. */
export const readDelayImportDirectory = lazyFor((image: PEImage): DelayImportDirectory | undefined => {
  const directory = image.directory('delayImport');
  if (directory === undefined || directory.rva === 0) return undefined;
  const modules: DelayImportedModule[] = [];
  const budget = new TextBudget(image.bytes.length, READING);
  image.diagnostics.attempt(() => {
    for (let rva = directory.rva; ; rva += delayDescriptorLayout.size) {
      const raw = delayDescriptorLayout.read(image.readerAt(rva, delayDescriptorLayout.size, READING));
      if (raw.name === 0) return;
      budget.spend(delayDescriptorLayout.size, rva);
      modules.push(readModule(image, raw, budget));
    }
  });
  return { modules };
});
