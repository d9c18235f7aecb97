import { AddressSpace, PageRights } from '@ijw/machine';

const PT_LOAD = 1;
const PF_X = 1;
const SHT_SYMTAB = 2;

/** An executable in memory: System V gABI, "Program Header", "Symbol Table". */
export interface ElfProgram {
  readonly space: AddressSpace;
  /** Addresses of symbols. */
  readonly symbols: ReadonlyMap<string, number>;
}

/** Loads a statically linked ELF file of 64 bits at the addresses it was linked for. Its segments begin in pages of 64 KiB of their own. */
export function loadElf(file: Uint8Array): ElfProgram {
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  const u64 = (at: number): number => Number(view.getBigUint64(at, true));
  const space = new AddressSpace({ windowBase: 0 });
  for (let index = 0, at = u64(32); index < view.getUint16(56, true); index++, at += 56) {
    if (view.getUint32(at, true) !== PT_LOAD) continue;
    const [offset, address, fileSize, size] = [u64(at + 8), u64(at + 16), u64(at + 32), u64(at + 40)];
    const base = address - (address % 0x10000);
    space.reserve(address + size - base, base);
    space.commit(base, address + size - base, PageRights.readWrite);
    space.write(address, file.subarray(offset, offset + fileSize));
    if (view.getUint32(at + 4, true) & PF_X) space.protect(base, address + size - base, PageRights.readExecute);
  }
  return { space, symbols: readSymbols(file, view, u64) };
}

function readSymbols(file: Uint8Array, view: DataView, u64: (at: number) => number): Map<string, number> {
  const symbols = new Map<string, number>();
  const sections = u64(40);
  for (let index = 0; index < view.getUint16(60, true); index++) {
    const at = sections + index * 64;
    if (view.getUint32(at + 4, true) !== SHT_SYMTAB) continue;
    const names = u64(sections + view.getUint32(at + 40, true) * 64 + 24);
    for (let symbol = u64(at + 24); symbol < u64(at + 24) + u64(at + 32); symbol += 24) {
      const start = names + view.getUint32(symbol, true);
      symbols.set(new TextDecoder().decode(file.subarray(start, file.indexOf(0, start))), u64(symbol + 8));
    }
  }
  return symbols;
}
