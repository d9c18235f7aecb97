import { AddressSpace } from '@ijw/machine';
import type { Architecture } from '../architecture.ts';
import type { Trace } from '../load-event.ts';
import type { Platform } from '../platform/platform.ts';
import { platformFor } from '../platform/platform-for.ts';
import type { OsModule } from '../windows/os-module.ts';
import { ExecutableHeap } from './executable-heap.ts';
import { GateTable } from './gate-table.ts';

/** A process that images are loaded into: memory, modules, and the addresses of everything that is not in an image. */
export class GuestProcess {
  readonly architecture: Architecture;
  readonly platform: Platform;
  readonly memory: AddressSpace;
  readonly gates: GateTable;
  /** Bootstrap thunks and marshalling code. Precodes have runs of their own. */
  readonly heap: ExecutableHeap;
  /** Mapped images and host modules, by base. */
  readonly modules = new Map<number, OsModule>();
  /** Where steps are recorded: the trace of the load that is going on. */
  trace: Trace;
  /** What SetLastError has set. */
  lastError = 0;
  #tlsIndex = 0;

  constructor(architecture: Architecture, trace: Trace, commitLimit?: number) {
    this.architecture = architecture;
    this.platform = platformFor(architecture);
    this.memory = new AddressSpace({ addressLimit: this.platform.addressLimit, ...(commitLimit !== undefined && { commitLimit }) });
    this.gates = new GateTable(this.memory, this.platform);
    this.heap = new ExecutableHeap(this.memory, this.platform.heapBase, this.platform.pointerSize);
    this.trace = trace;
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
