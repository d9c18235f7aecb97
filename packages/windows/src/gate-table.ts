import { type AddressSpace, isRefusal, PageRights, type ProcessorModel } from '@ijw/machine';

const GATE_SIZE = 16;
const REGION_SIZE = 0x10000;

/**
 * The meaning of an address outside the guest's own code. `function` and `unresolved` are symbols of a module, with and without something
 * behind them; `helper` is code of a host that no symbol names; `entry` is code of the program that loads the images, and `name` says all of it.
 */
export interface Gate {
  readonly kind: 'function' | 'unresolved' | 'helper' | 'entry' | 'module';
  readonly address: number;
  /** Lower-case module name, such as `kernel32.dll`. */
  readonly module: string;
  /** The symbol, or `#7` for an ordinal. */
  readonly name: string;
}

export const gateText = (gate: Gate): string => (gate.kind === 'entry' ? gate.name : `${gate.module}!${gate.name}`);

/** Addresses for code outside the images: each has a name, and execution stops there. */
export class GateTable {
  readonly #memory: AddressSpace;
  readonly #processor: ProcessorModel;
  readonly #byAddress = new Map<number, Gate>();
  readonly #byName = new Map<string, Gate>();
  #next = 0;
  #end = 0;

  constructor(memory: AddressSpace, processor: ProcessorModel) {
    this.#memory = memory;
    this.#processor = processor;
  }

  at(address: number): Gate | undefined {
    return this.#byAddress.get(address);
  }

  /** The gate of a symbol, which the first call makes. */
  for(module: string, name: string, kind: Gate['kind']): Gate {
    const key = `${kind} ${module}!${name}`;
    return this.#byName.get(key) ?? this.#define(key, { kind, module, name });
  }

  #define(key: string, gate: Omit<Gate, 'address'>): Gate {
    if (this.#next === this.#end) this.#grow();
    const address = this.#next;
    this.#next += GATE_SIZE;
    const page = address - (address % 0x1000);
    this.#memory.protect(page, 0x1000, PageRights.readWrite);
    this.#memory.write(address, this.#processor.gate(this.#byAddress.size));
    this.#memory.protect(page, 0x1000, PageRights.readExecute);
    const defined = { ...gate, address };
    this.#byAddress.set(address, defined);
    this.#byName.set(key, defined);
    return defined;
  }

  #grow(): void {
    const base = this.#memory.reserve(REGION_SIZE);
    if (isRefusal(base)) throw new Error(base.message);
    this.#memory.commit(base, REGION_SIZE, PageRights.readExecute);
    this.#next = base;
    this.#end = base + REGION_SIZE;
  }
}
