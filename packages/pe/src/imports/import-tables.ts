import { ByteWriter } from '@ijw/binary';
import type { Rva } from '../address.ts';

/** An import: a name with a hint (default 0), or an ordinal. */
export type SymbolInput = { readonly name: string; readonly hint?: number } | { readonly ordinal: number };

export interface ModuleInput {
  readonly name: string;
  readonly symbols: readonly SymbolInput[];
}

const keyOf = (symbol: SymbolInput | string): string =>
  typeof symbol === 'string' ? symbol : 'name' in symbol ? symbol.name : `#${symbol.ordinal}`;

export interface SlotOffsets {
  /** Of all tables, their null entries counted. */
  readonly size: number;
  readonly ofModule: readonly number[];
  ofSymbol(module: string, symbol: SymbolInput | string): number | undefined;
}

/** The offsets of the tables of several modules, one after the other. */
export function slotOffsets(modules: readonly ModuleInput[], pointerSize: 4 | 8): SlotOffsets {
  const ofModule: number[] = [];
  let size = 0;
  for (const module of modules) {
    ofModule.push(size);
    size += (module.symbols.length + 1) * pointerSize;
  }
  return {
    size,
    ofModule,
    ofSymbol(name, symbol) {
      const index = modules.findIndex((module) => module.name === name);
      const slot = modules[index]?.symbols.findIndex((candidate) => keyOf(candidate) === keyOf(symbol)) ?? -1;
      return slot < 0 ? undefined : ofModule[index]! + slot * pointerSize;
    },
  };
}

/** PE/COFF "Hint/Name Table", and the names of the modules. Offsets count from where the directory begins. */
export class HintNameTable {
  readonly #writer = new ByteWriter();
  readonly #offsets = new Map<string, number>();
  readonly #start: number;

  constructor(start: number, modules: readonly ModuleInput[]) {
    this.#start = start;
    for (const module of modules) {
      for (const symbol of module.symbols) {
        if (!('name' in symbol)) continue;
        this.#add(`${symbol.hint ?? 0}!${symbol.name}`, () => this.#writer.u16(symbol.hint ?? 0).cstring(symbol.name));
      }
      this.#add(module.name, () => this.#writer.cstring(module.name));
    }
  }

  #add(key: string, write: () => void): void {
    if (this.#offsets.has(key)) return;
    this.#writer.align(2);
    this.#offsets.set(key, this.#start + this.#writer.length);
    write();
  }

  get size(): number {
    return this.#writer.length;
  }

  moduleOffset(name: string): number {
    return this.#offsets.get(name)!;
  }

  symbolOffset(symbol: { readonly name: string; readonly hint?: number }): number {
    return this.#offsets.get(`${symbol.hint ?? 0}!${symbol.name}`)!;
  }

  toBytes(): Uint8Array {
    return this.#writer.toBytes();
  }
}

/** PE/COFF "Import Lookup Table" of each module, with its null entry; the address table of an unbound image is the same. */
export function writeThunks(modules: readonly ModuleInput[], names: HintNameTable, start: Rva, pointerSize: 4 | 8): Uint8Array {
  const writer = new ByteWriter();
  const pointer = (value: number, ordinal: boolean): void => {
    if (pointerSize === 8) writer.u64(BigInt(value) | (ordinal ? 1n << 63n : 0n));
    else writer.u32(ordinal ? (value | 0x80000000) >>> 0 : value);
  };
  for (const module of modules) {
    for (const symbol of module.symbols) {
      if ('name' in symbol) pointer(start + names.symbolOffset(symbol), false);
      else pointer(symbol.ordinal, true);
    }
    pointer(0, false);
  }
  return writer.toBytes();
}
