import { type AddressSpace, asAddress, type Fault, isFault, readPointer } from '@ijw/machine';
import type { GuestProcess, MappedModule, OsModule } from '@ijw/windows';
import { asRuntimeSees } from '../image/image-view.ts';

export interface FoundHost {
  readonly module: OsModule;
  /** The import that led to it. */
  readonly symbol: string;
}

/** IMAGE_IMPORT_DESCRIPTOR, and where its tables' RVAs are. */
const DESCRIPTOR_SIZE = 20;
const ADDRESS_TABLE = 16;
/** IMAGE_IMPORT_BY_NAME begins with a hint. */
const HINT_SIZE = 2;
const NAME_LIMIT = 16;
/** The most descriptors; overlapping tables could be walked for very long. */
const STEP_LIMIT = 1_000_000;

/**
 * `GetIJWHostForModule` (vm/ceeload.cpp): the module that owns the address in the import slot of `_CorDllMain`. It walks the mapped tables and trusts
 * them: a descriptor without an import lookup table is the last, the names of the modules are not looked at, and an invalid address is a fault.
 */
export function findHostOfModule(
  process: GuestProcess,
  module: MappedModule,
  hostEntryNames: readonly string[],
): FoundHost | Fault | undefined {
  const { memory } = process;
  const directory = asRuntimeSees(module.image).directory('import');
  if (!directory || directory.rva === 0) return undefined;
  let steps = 0;
  for (let at = module.base + directory.rva; ; at += DESCRIPTOR_SIZE) {
    const lookupTable = memory.readU32(at);
    if (isFault(lookupTable)) return lookupTable;
    if (lookupTable === 0) return undefined;
    const addressTable = memory.readU32(at + ADDRESS_TABLE);
    if (isFault(addressTable)) return addressTable;
    for (let index = 0; ; index++) {
      if (steps++ === STEP_LIMIT) return undefined;
      const symbol = symbolAt(process, module.base, lookupTable, index);
      if (symbol === undefined) break;
      if (typeof symbol !== 'string') return symbol;
      if (hostEntryNames.includes(symbol)) return ownerOf(process, module.base + addressTable, index, symbol);
    }
  }
}

/** The name of an import, empty for one by ordinal, or `undefined` at the end of the table. */
function symbolAt({ memory, processor }: GuestProcess, base: number, table: number, index: number): string | Fault | undefined {
  const { pointerSize } = processor;
  const entry = readPointer(memory, base + table + index * pointerSize, pointerSize);
  if (isFault(entry)) return entry;
  if (entry === 0n) return undefined;
  if (entry >> BigInt(pointerSize * 8 - 1)) return '';
  const address = BigInt(base) + entry + BigInt(HINT_SIZE);
  return asAddress(address) === undefined
    ? { kind: 'fault', address: Number(address), access: 'read', lacked: 'region' }
    : nameAt(memory, Number(address));
}

/** Reads a name up to the length of the names that it is compared with. */
function nameAt(memory: AddressSpace, address: number): string | Fault {
  let name = '';
  while (name.length < NAME_LIMIT) {
    const byte = memory.readU8(address + name.length);
    if (isFault(byte)) return byte;
    if (byte === 0) break;
    name += String.fromCharCode(byte);
  }
  return name;
}

function ownerOf(process: GuestProcess, addressTable: number, index: number, symbol: string): FoundHost | Fault | undefined {
  const { memory, processor } = process;
  const value = readPointer(memory, addressTable + index * processor.pointerSize, processor.pointerSize);
  if (isFault(value)) return value;
  const address = asAddress(value);
  const module = address === undefined ? undefined : process.moduleAt(address);
  return module && { module, symbol };
}
