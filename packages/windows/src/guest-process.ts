import { alignUp } from '@ijw/binary';
import {
  AddressSpace,
  type AddressSpaceOptions,
  ALLOCATION_GRANULARITY,
  type Architecture,
  HOST_AREA_SIZE,
  type ProcessorModel,
  processorFor,
  StepBudget,
  WINDOW_SIZE,
} from '@ijw/machine';
import { GateTable } from './gate-table.ts';
import type { OsModule } from './os-module.ts';

/** Start-up code of compilers takes some thousand. */
const LOAD_STEPS = 200_000;

/** The addresses of an image. */
export interface AddressRange {
  readonly base: number;
  /** Bytes. */
  readonly size: number;
}

export interface GuestProcessOptions {
  /** Bytes that may be committed at once. */
  readonly commitLimit?: number;
  /** Where the first image is going to be: the 4 GiB of addresses that the process has begin before it, everything else lies behind it. */
  readonly first?: AddressRange;
}

/** What a process has room for before it knows its first image. */
const USUAL_SIZE = 0x80_0000;

/** The window of a process: small offsets for what it has, so that its memory stays small. A place that no image can have is not asked for. */
function windowFor({ usualBase, addressLimit }: ProcessorModel, first: AddressRange | undefined): AddressSpaceOptions {
  const isPossible =
    first !== undefined &&
    first.base % ALLOCATION_GRANULARITY === 0 &&
    first.base >= HOST_AREA_SIZE &&
    first.size < WINDOW_SIZE &&
    first.base + first.size <= addressLimit;
  const { base, size } = isPossible ? first : { base: usualBase, size: USUAL_SIZE };
  return { windowBase: base - HOST_AREA_SIZE, lowestAddress: alignUp(base + size, ALLOCATION_GRANULARITY), addressLimit };
}

/** A process that images are loaded into: memory, modules, and the addresses of everything that is not in an image. */
export class GuestProcess {
  readonly architecture: Architecture;
  readonly processor: ProcessorModel;
  readonly memory: AddressSpace;
  readonly gates: GateTable;
  /** Mapped images and host modules, by base. */
  readonly modules = new Map<number, OsModule>();
  /** What native code may still do in this load; each load renews it. */
  readonly steps = new StepBudget(LOAD_STEPS);
  /** What SetLastError has set. */
  lastError = 0;
  #tlsIndex = 0;

  constructor(architecture: Architecture, options: GuestProcessOptions = {}) {
    this.architecture = architecture;
    this.processor = processorFor(architecture);
    const { commitLimit, first } = options;
    this.memory = new AddressSpace({ ...windowFor(this.processor, first), ...(commitLimit !== undefined && { commitLimit }) });
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
