import { AddressSpace, type Architecture, type ProcessorModel, processorFor, StepBudget } from '@ijw/machine';
import { GateTable } from './gate-table.ts';
import type { OsModule } from './os-module.ts';

/** Start-up code of compilers takes some thousand. */
const LOAD_STEPS = 200_000;

/** A process that images are loaded into: memory, modules, and the addresses of everything that is not in an image. */
export class GuestProcess {
  readonly architecture: Architecture;
  readonly processor: ProcessorModel;
  readonly memory: AddressSpace;
  readonly gates: GateTable;
  /** Mapped images and host modules, by base. */
  readonly modules = new Map<number, OsModule>();
  /** What native code may still do in this load; whoever begins one renews it. */
  readonly steps = new StepBudget(LOAD_STEPS);
  /** What SetLastError has set. */
  lastError = 0;
  #tlsIndex = 0;

  constructor(architecture: Architecture, commitLimit?: number) {
    this.architecture = architecture;
    this.processor = processorFor(architecture);
    this.memory = new AddressSpace({ addressLimit: this.processor.addressLimit, ...(commitLimit !== undefined && { commitLimit }) });
    this.gates = new GateTable(this.memory, this.processor);
  }

  takeTlsIndex(): number {
    return this.#tlsIndex++;
  }

  /** The module that an address is in: GetModuleHandleEx from an address. */
  moduleAt(address: number): OsModule | undefined {
    const gate = this.gates.at(address);
    for (const module of this.modules.values()) {
      const owns = module.kind === 'host' ? gate?.module === module.name : address >= module.base && address < module.base + module.size;
      if (owns) return module;
    }
    return undefined;
  }
}
