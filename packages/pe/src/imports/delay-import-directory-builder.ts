import { ByteWriter } from '@ijw/binary';
import type { ImagePart, ImagePlan } from '../builder/image-plan.ts';
import { DELAY_ATTRIBUTE_RVA, delayDescriptorLayout } from './delay-import-directory.ts';
import { HintNameTable, type ModuleInput, type SymbolInput, slotOffsets, writeThunks } from './import-tables.ts';

export interface DelayImportTables {
  /** Descriptors, name tables and names. */
  readonly directory: ImagePart;
  /** A module handle for each module, then the slots: for a writable section. */
  readonly addressTable: ImagePart;
  /** The offset in `addressTable` of the slot of a symbol. */
  slotOffset(module: string, symbol: SymbolInput | string): number | undefined;
}

/** The delay import directory with RVAs. The slots hold zero: the caller writes the addresses of loading stubs. */
export function buildDelayImports(modules: readonly ModuleInput[], pointerSize: 4 | 8): DelayImportTables {
  const descriptorsSize = (modules.length + 1) * delayDescriptorLayout.size;
  const offsets = slotOffsets(modules, pointerSize);
  const names = new HintNameTable(descriptorsSize + offsets.size, modules);
  const handles = modules.length * pointerSize;
  const addressTable: ImagePart = {
    alignment: pointerSize,
    size: handles + offsets.size,
    write: () => new Uint8Array(handles + offsets.size),
  };
  const directory: ImagePart = {
    alignment: pointerSize,
    size: descriptorsSize + offsets.size + names.size,
    write: (plan: ImagePlan) => {
      const start = plan.rvaOf(directory);
      const writer = new ByteWriter();
      modules.forEach((module, index) => {
        delayDescriptorLayout.write(writer, {
          attributes: DELAY_ATTRIBUTE_RVA,
          name: start + names.moduleOffset(module.name),
          moduleHandle: plan.rvaOf(addressTable, index * pointerSize),
          importAddressTable: plan.rvaOf(addressTable, handles + offsets.ofModule[index]!),
          importNameTable: start + descriptorsSize + offsets.ofModule[index]!,
          boundImportAddressTable: 0,
          unloadInformationTable: 0,
          timeDateStamp: 0,
        });
      });
      writer.fill(delayDescriptorLayout.size).bytes(writeThunks(modules, names, start, pointerSize));
      return writer.bytes(names.toBytes()).toBytes();
    },
  };
  const slotOffset = (module: string, symbol: SymbolInput | string): number | undefined => {
    const offset = offsets.ofSymbol(module, symbol);
    return offset === undefined ? undefined : handles + offset;
  };
  return { directory, addressTable, slotOffset };
}
