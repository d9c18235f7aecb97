import { faultText, isFault, isRefusal, type PageRightBits, PageRights, pageRightsText } from '@ijw/machine';
import type { CliHeader } from '@ijw/pe';
import { type FixupRecord, readFixupRecords, SLOT_LIMIT, totalSlots } from '../clr/fixup-records.ts';
import type { LoadEvent } from '../load-event.ts';
import type { GuestProcess } from '../process/guest-process.ts';
import { packedItems } from '../process/packed-items.ts';
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
  /** Of the image whose slots lead here. */
  readonly module: number;
  readonly records: readonly FixupRecord[];
  /** Of the thunks, in the order of the records' slots. */
  readonly tokens: Uint32Array;
  readonly slotRvas: Uint32Array;
  /** What the slots of each record might be accessed for, where its slots were patched. */
  readonly rights: (PageRightBits | undefined)[];
  /** Thunks that have been put into their slots. */
  installed: number;
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
      const index = this.#indexOf(chunk, entry);
      if (index === undefined) continue;
      return { thunk: this.#thunkAt(chunk.base, index), slot: chunk.module + chunk.slotRvas[index]!, token: chunk.tokens[index]! };
    }
    return undefined;
  }

  /** Whether a thunk's address has been written over any of some bytes of an image. */
  hasWritten(moduleBase: number, rva: number, size: number): boolean {
    const chunk = this.#chunks.get(moduleBase);
    const { pointerSize } = this.#process.platform;
    return chunk?.slotRvas.subarray(0, chunk.installed).some((slot) => slot < rva + size && slot + pointerSize > rva) ?? false;
  }

  /** `GetTokenForVTableEntry`: of the thunk that the slot leads to where there are thunks, else the slot itself. `undefined`: a fault. */
  tokenOf(moduleBase: number, slot: number): number | undefined {
    const { memory, platform } = this.#process;
    const value = readPointer(memory, slot, platform.pointerSize);
    if (isFault(value)) return undefined;
    const chunk = this.#chunks.get(moduleBase);
    if (!chunk) return Number(BigInt.asUintN(32, value));
    const entry = asAddress(value);
    if (entry === undefined) return undefined;
    const index = this.#indexOf(chunk, entry);
    if (index !== undefined) return chunk.tokens[index];
    const token = memory.readU32(entry - platform.bootstrapThunk.entryOffset + platform.bootstrapThunk.tokenOffset);
    return isFault(token) ? undefined : token;
  }

  /** `patch_vtable_entries`: false where it fails. A table that cannot be read faults inside DllMain. */
  install(module: MappedModule, cli: CliHeader): boolean {
    const { memory, platform, trace } = this.#process;
    const all = readFixupRecords(memory, module.base, cli);
    if (isFault(all)) throw dllMainFault(`the vtable fixups cannot be read: ${faultText(all)}`);
    if (all.length === 0) return true;
    if (totalSlots(all) > SLOT_LIMIT) return false;
    const records = all.filter(({ type, count }) => (type & platform.pointerSizedFixup) !== 0 && count > 0);
    const chunk = this.#newChunk(module, records, totalSlots(all));
    this.#chunks.set(module.base, chunk);
    try {
      return records.every((record) => this.#patchRecord(module, chunk, record));
    } finally {
      trace.defer(() => this.#events(chunk));
    }
  }

  /** `release_bootstrap_thunks`: on DLL_PROCESS_DETACH. Slots that nobody has fixed up lead nowhere afterwards. */
  release(module: MappedModule): void {
    const chunk = this.#chunks.get(module.base);
    if (!chunk) return;
    this.#chunks.delete(module.base);
    this.#process.heap.free(chunk.base);
    this.#process.trace.add({ step: 'releaseBootstrapThunks', module: module.name, count: chunk.tokens.length });
  }

  #thunkAt(base: number, index: number): number {
    const { pointerSize, bootstrapThunk } = this.#process.platform;
    return base + CHUNK_HEADER_POINTERS * pointerSize + index * bootstrapThunk.size;
  }

  #indexOf({ base, installed }: Chunk, entry: number): number | undefined {
    const { size, entryOffset } = this.#process.platform.bootstrapThunk;
    const index = (entry - entryOffset - this.#thunkAt(base, 0)) / size;
    return index >= 0 && index < installed && Number.isInteger(index) ? index : undefined;
  }

  /** A thunk follows from its slot and token, so its page is made when it is touched. */
  #newChunk(module: MappedModule, records: readonly FixupRecord[], count: number): Chunk {
    const { heap, platform, gates } = this.#process;
    const { size, write } = platform.bootstrapThunk;
    const helper = gates.for('ijwhost.dll', 'start_runtime_thunk_stub', 'helper').address;
    const tokens = new Uint32Array(count);
    const slotRvas = new Uint32Array(count);
    const base = heap.allocateAlone(this.#thunkAt(0, Math.max(count, 1)), (at) =>
      packedItems(this.#thunkAt(at, 0), size, totalSlots(records), (index) =>
        write(this.#thunkAt(at, index), helper, { token: tokens[index]!, module: module.base, slot: module.base + slotRvas[index]! }),
      ),
    );
    return { base, module: module.base, records, tokens, slotRvas, rights: [], installed: 0 };
  }

  #patchRecord(module: MappedModule, chunk: Chunk, record: FixupRecord): boolean {
    const { memory, platform } = this.#process;
    const size = record.count * platform.pointerSize;
    const slots = module.base + record.rva;
    const before = platform.hostUnprotectsSlots ? memory.protect(slots, size, PageRights.readWrite) : undefined;
    // RVA 0 is a null pointer, whose page nobody can unprotect.
    if (isRefusal(before) || record.rva === 0) return false;
    chunk.rights.push(before);
    this.#readTokens(module, chunk, record);
    for (let index = 0; index < record.count; index++) {
      const entry = this.#thunkAt(chunk.base, chunk.installed) + platform.bootstrapThunk.entryOffset;
      const fault = writePointer(memory, slots + index * platform.pointerSize, entry, platform.pointerSize);
      if (fault) throw dllMainFault(`a slot cannot be written: ${faultText(fault)}`);
      chunk.installed++;
    }
    if (before !== undefined) memory.protect(slots, size, before);
    return true;
  }

  /** The tokens of one record, before any of its slots is overwritten, but one record after the other. */
  #readTokens(module: MappedModule, chunk: Chunk, record: FixupRecord): void {
    const { memory, platform } = this.#process;
    for (let index = 0; index < record.count; index++) {
      const rva = record.rva + index * platform.pointerSize;
      const value = readPointer(memory, module.base + rva, platform.pointerSize);
      if (isFault(value)) throw dllMainFault(`a slot cannot be read: ${faultText(value)}`);
      chunk.tokens[chunk.installed + index] = Number(BigInt.asUintN(32, value));
      chunk.slotRvas[chunk.installed + index] = rva;
    }
  }

  *#events({ base, records, rights, tokens, slotRvas, installed }: Chunk): Iterable<LoadEvent> {
    const { pointerSize, bootstrapThunk } = this.#process.platform;
    let next = 0;
    for (const [number, before] of rights.entries()) {
      const record = records[number]!;
      if (before !== undefined) yield unprotect(record, record.count * pointerSize, pageRightsText(before));
      for (const end = Math.min(next + record.count, installed); next < end; next++) {
        const token = tokens[next]!;
        const thunk = this.#thunkAt(base, next) + bootstrapThunk.entryOffset;
        yield { step: 'bootstrapThunk', record: record.index, rva: slotRvas[next]!, token, before: token, thunk };
      }
    }
  }
}

const unprotect = (record: FixupRecord, size: number, before: string) =>
  ({ step: 'unprotectSlots', record: record.index, rva: record.rva, size, before, after: 'rw-' }) as const;

/** An exception inside DllMain ends the load; what LoadLibrary says of it was observed under Wine only. */
const dllMainFault = (reason: string): Error =>
  windowsRefusal('NOACCESS', 'hostFaulted', `_CorDllMain faults: ${reason}`, { structure: 'vtable fixups' });
