import { ByteWriter, UsageError } from '@ijw/binary';
import type { ImagePart, ImagePlan } from '../builder/image-plan.ts';
import { importDescriptorLayout } from './import-directory.ts';
import { HintNameTable, type SymbolInput, slotOffsets, writeThunks } from './import-tables.ts';

export interface ImportInput {
  readonly name: string;
  readonly symbols: readonly SymbolInput[];
  readonly timeDateStamp?: number;
  readonly forwarderChain?: number;
}

export interface ImportTables {
  /** Descriptors, lookup tables and names. */
  readonly directory: ImagePart;
  /** The slots, for a section of any rights. */
  readonly addressTable: ImagePart;
  /** The offset in `addressTable` of the slot of a symbol. */
  slotOffset(module: string, symbol: SymbolInput | string): number;
}

/** The import directory and the import address table of an image: two parts, placed where the caller wants them. */
export function buildImports(modules: readonly ImportInput[], pointerSize: 4 | 8): ImportTables {
  const descriptorsSize = (modules.length + 1) * importDescriptorLayout.size;
  const offsets = slotOffsets(modules, pointerSize);
  const names = new HintNameTable(descriptorsSize + offsets.size, modules);
  const addressTable: ImagePart = {
    alignment: pointerSize,
    size: offsets.size,
    write: (plan) => writeThunks(modules, names, plan.rvaOf(directory), pointerSize),
  };
  const directory: ImagePart = {
    alignment: pointerSize,
    size: descriptorsSize + offsets.size + names.size,
    write: (plan: ImagePlan) => {
      const start = plan.rvaOf(directory);
      const writer = new ByteWriter();
      modules.forEach((module, index) => {
        importDescriptorLayout.write(writer, {
          importLookupTableRva: start + descriptorsSize + offsets.ofModule[index]!,
          timeDateStamp: module.timeDateStamp ?? 0,
          forwarderChain: module.forwarderChain ?? 0,
          nameRva: start + names.moduleOffset(module.name),
          importAddressTableRva: plan.rvaOf(addressTable, offsets.ofModule[index]!),
        });
      });
      writer.fill(importDescriptorLayout.size).bytes(writeThunks(modules, names, start, pointerSize));
      return writer.bytes(names.toBytes()).toBytes();
    },
  };
  return {
    directory,
    addressTable,
    slotOffset(module, symbol) {
      const offset = offsets.ofSymbol(module, symbol);
      if (offset === undefined) throw new UsageError(`${module} has no such symbol`);
      return offset;
    },
  };
}
