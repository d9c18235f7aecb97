import { type AddressSpace, isRefusal, PageRights } from '@ijw/machine';
import type { Platform } from '../platform/platform.ts';

const GATE_SIZE = 16;
const REGION_SIZE = 0x10000;

/**
 * What an address outside the guest's own code stands for. `function` and `unresolved` are symbols of a module, with and without something
 * behind them; `managed` is a method's managed code; `helper` is code of the host or the runtime that no symbol names.
 */
export interface Gate {
  readonly kind: 'function' | 'unresolved' | 'managed' | 'helper' | 'module';
  readonly address: number;
  /** Lower-case module name, such as `kernel32.dll`. */
  readonly module: string;
  /** The symbol, `#7` for an ordinal, or the method's name. */
  readonly name: string;
  readonly token?: number;
}

export const gateText = (gate: Gate): string => (gate.kind === 'managed' ? gate.name : `${gate.module}!${gate.name}`);

/** Addresses for everything that is not in the image: each names what it stands for and traps when it is run. */
export class GateTable {
  readonly #memory: AddressSpace;
  readonly #platform: Platform;
  readonly #byAddress = new Map<number, Gate>();
  readonly #byName = new Map<string, Gate>();
  #next = 0;
  #end = 0;

  constructor(memory: AddressSpace, platform: Platform) {
    this.#memory = memory;
    this.#platform = platform;
  }

  at(address: number): Gate | undefined {
    return this.#byAddress.get(address);
  }

  /** The gate of a symbol; made on the first call, the same one afterwards. */
  for(module: string, name: string, kind: Gate['kind'], token?: number): Gate {
    const key = `${kind} ${module}!${name} ${token ?? ''}`;
    return this.#byName.get(key) ?? this.#define(key, { kind, module, name, ...(token !== undefined && { token }) });
  }

  #define(key: string, gate: Omit<Gate, 'address'>): Gate {
    if (this.#next === this.#end) this.#grow();
    const address = this.#next;
    this.#next += GATE_SIZE;
    const page = address - (address % 0x1000);
    this.#memory.protect(page, 0x1000, PageRights.readWrite);
    this.#memory.write(address, this.#platform.gate(this.#byAddress.size));
    this.#memory.protect(page, 0x1000, PageRights.readExecute);
    const defined = { ...gate, address };
    this.#byAddress.set(address, defined);
    this.#byName.set(key, defined);
    return defined;
  }

  #grow(): void {
    const base = this.#memory.reserve(REGION_SIZE, undefined, this.#platform.gateBase);
    if (isRefusal(base)) throw new Error(base.message);
    this.#memory.commit(base, REGION_SIZE, PageRights.readExecute);
    this.#next = base;
    this.#end = base + REGION_SIZE;
  }
}
