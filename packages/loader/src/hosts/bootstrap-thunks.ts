import { faultText, isFault, isRefusal, PageRights, pageRightsText } from '@ijw/machine';
import type { CliHeader } from '@ijw/pe';
import { type FixupRecord, readFixupRecords, SLOT_LIMIT, totalSlots } from '../clr/fixup-records.ts';
import type { GuestProcess } from '../process/guest-process.ts';
import { asAddress, readPointer, writePointer } from '../process/pointer-access.ts';
import type { MappedModule } from '../windows/os-module.ts';
import { windowsRefusal } from '../windows/windows-error.ts';

/** A slot that ijwhost has put a thunk into. */
export interface BootstrappedSlot {
  readonly thunk: number;
  readonly slot: number;
  readonly token: number;
}

interface Chunk {
  readonly base: number;
  readonly count: number;
  /** By the address that is in the slot. */
  readonly byEntry: Map<number, BootstrappedSlot>;
}

/** `bootstrap_thunk_chunk`: three pointers stand before the thunks. */
const CHUNK_HEADER_POINTERS = 3;

/**
 * ijwhost `ijwthunk.cpp`: the thunks that stand in the slots of a mixed image until the runtime has fixed them up. The slots are reached with a
 * test of the pointer-size bit, unlike the runtime's exact comparison, so a slot may get a thunk that the runtime then refuses.
 */
export class BootstrapThunks {
  readonly #process: GuestProcess;
  readonly #chunks = new Map<number, Chunk>();

  constructor(process: GuestProcess) {
    this.#process = process;
  }

  /** `are_thunks_installed_for_module`. */
  has(moduleBase: number): boolean {
    return this.#chunks.has(moduleBase);
  }

  /** The thunk whose code is at an address. */
  at(entry: number): BootstrappedSlot | undefined {
    for (const chunk of this.#chunks.values()) {
      const found = chunk.byEntry.get(entry);
      if (found) return found;
    }
    return undefined;
  }

  /** `GetTokenForVTableEntry`: of the thunk that the slot leads to where there are thunks, else the slot itself. `undefined`: a fault. */
  tokenOf(moduleBase: number, slot: number): number | undefined {
    const { memory, platform } = this.#process;
    const value = readPointer(memory, slot, platform.pointerSize);
    if (isFault(value)) return undefined;
    if (!this.has(moduleBase)) return Number(BigInt.asUintN(32, value));
    const entry = asAddress(value);
    if (entry === undefined) return undefined;
    const token = memory.readU32(entry - platform.bootstrapThunk.entryOffset + platform.bootstrapThunk.tokenOffset);
    return isFault(token) ? undefined : token;
  }

  /** `patch_vtable_entries`: false where it fails. A table that cannot be read faults inside DllMain. */
  install(module: MappedModule, cli: CliHeader): boolean {
    const { memory, heap, platform } = this.#process;
    const records = readFixupRecords(memory, module.base, cli);
    if (isFault(records)) throw dllMainFault(`the vtable fixups cannot be read: ${faultText(records)}`);
    if (records.length === 0) return true;
    const count = totalSlots(records);
    if (count > SLOT_LIMIT) return false;
    const header = CHUNK_HEADER_POINTERS * platform.pointerSize;
    const base = heap.allocateAlone(header + Math.max(count, 1) * platform.bootstrapThunk.size);
    const chunk: Chunk = { base, count, byEntry: new Map() };
    this.#chunks.set(module.base, chunk);
    let next = base + header;
    for (const record of records) {
      if ((record.type & platform.pointerSizedFixup) === 0 || record.count === 0) continue;
      if (!this.#patchRecord(module, chunk, record, next)) return false;
      next += record.count * platform.bootstrapThunk.size;
    }
    return true;
  }

  /** `release_bootstrap_thunks`: on DLL_PROCESS_DETACH. Slots that nobody has fixed up lead nowhere afterwards. */
  release(module: MappedModule): void {
    const chunk = this.#chunks.get(module.base);
    if (!chunk) return;
    this.#chunks.delete(module.base);
    this.#process.heap.free(chunk.base);
    this.#process.trace.add({ step: 'releaseBootstrapThunks', module: module.name, count: chunk.count });
  }

  #patchRecord(module: MappedModule, chunk: Chunk, record: FixupRecord, firstThunk: number): boolean {
    const { memory, platform, trace } = this.#process;
    const size = record.count * platform.pointerSize;
    const slots = module.base + record.rva;
    const before = platform.hostUnprotectsSlots ? memory.protect(slots, size, PageRights.readWrite) : undefined;
    // RVA 0 is a null pointer, whose page nobody can unprotect.
    if (isRefusal(before) || record.rva === 0) return false;
    if (before !== undefined) trace.add(unprotect(record, size, pageRightsText(before)));
    const thunks = this.#writeThunks(module, record, firstThunk);
    for (const { thunk, token, slot } of thunks) {
      const entry = thunk + platform.bootstrapThunk.entryOffset;
      chunk.byEntry.set(entry, { thunk, slot, token });
      const fault = writePointer(memory, slot, entry, platform.pointerSize);
      if (fault) throw dllMainFault(`a slot cannot be written: ${faultText(fault)}`);
      trace.add({ step: 'bootstrapThunk', record: record.index, rva: slot - module.base, token, before: token, thunk: entry });
    }
    if (before !== undefined) memory.protect(slots, size, before);
    return true;
  }

  /** The thunks of one record, written at once. Tokens are read before any slot is overwritten, but one record after the other. */
  #writeThunks(module: MappedModule, record: FixupRecord, first: number): BootstrappedSlot[] {
    const { memory, heap, platform, gates } = this.#process;
    const { size, write } = platform.bootstrapThunk;
    const helper = gates.for('ijwhost.dll', 'start_runtime_thunk_stub', 'helper').address;
    const code = new Uint8Array(record.count * size);
    const thunks: BootstrappedSlot[] = [];
    for (let index = 0; index < record.count; index++) {
      const slot = module.base + record.rva + index * platform.pointerSize;
      const value = readPointer(memory, slot, platform.pointerSize);
      if (isFault(value)) throw dllMainFault(`a slot cannot be read: ${faultText(value)}`);
      const token = Number(BigInt.asUintN(32, value));
      const thunk = first + index * size;
      code.set(write(thunk, helper, { token, module: module.base, slot }), index * size);
      thunks.push({ thunk, slot, token });
    }
    heap.writeCode(first, code);
    return thunks;
  }
}

const unprotect = (record: FixupRecord, size: number, before: string) =>
  ({ step: 'unprotectSlots', record: record.index, rva: record.rva, size, before, after: 'rw-' }) as const;

/** An exception inside DllMain ends the load; what LoadLibrary says of it was observed under Wine only. */
const dllMainFault = (reason: string): Error =>
  windowsRefusal('NOACCESS', 'hostFaulted', `_CorDllMain faults: ${reason}`, { structure: 'vtable fixups' });
