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

/** The step limit of start-up code; compilers' code takes some thousand steps. */
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
  /** The place of the first image: the 4 GiB of addresses that the process has begin before it, all other memory follows it. */
  readonly first?: AddressRange;
}

/** The address space of a process whose first image is unknown. */
const USUAL_SIZE = 0x80_0000;

/** The window of a process: small offsets, so that its memory stays small. It has no addresses where no image can be. */
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
  /** The steps that native code has left in this load; each load resets them. */
  readonly steps = new StepBudget(LOAD_STEPS);
  /** The value of SetLastError. */
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
