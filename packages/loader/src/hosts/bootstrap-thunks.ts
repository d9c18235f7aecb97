import {
  asAddress,
  faultText,
  isFault,
  isRefusal,
  type PageRightBits,
  PageRights,
  pageRightsText,
  readPointer,
  writePointer,
} from '@ijw/machine';
import type { CliHeader } from '@ijw/pe';
import { bootstrapThunkOffset, writeBootstrapThunk } from '@ijw/vtfixup';
import { type GuestProcess, type MappedModule, windowsRefusal } from '@ijw/windows';
import type { ExecutableHeap } from '../code-memory/executable-heap.ts';
import { packedItems } from '../code-memory/packed-items.ts';
import type { LoadEvent, Trace } from '../load/load-event.ts';
import type { ThunkPlatform } from '../platform/thunk-platform.ts';
import { type FixupRecord, readFixupRecords, SLOT_LIMIT, totalSlots } from './fixup-records.ts';

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
  /** The page rights of each record's slots, if they were patched. */
  readonly rights: (PageRightBits | undefined)[];
  /** Thunks that have been put into their slots. */
  installed: number;
}

export interface BootstrapThunksInit {
  readonly process: GuestProcess;
  readonly platform: ThunkPlatform;
  readonly heap: ExecutableHeap;
}

/** `bootstrap_thunk_chunk`: three pointers precede the thunks. */
const CHUNK_HEADER_POINTERS = 3;

/**
 * ijwhost `ijwthunk.cpp`: the thunks that stand in the slots of a mixed image until the runtime has fixed them up. The slots are reached with a
 * test of the pointer-size bit, unlike the runtime's exact comparison, so a slot may get a thunk that the runtime then refuses.
 */
export class BootstrapThunks {
  readonly #process: GuestProcess;
  readonly #platform: ThunkPlatform;
  readonly #heap: ExecutableHeap;
  readonly #chunks = new Map<number, Chunk>();

  constructor({ process, platform, heap }: BootstrapThunksInit) {
    this.#process = process;
    this.#platform = platform;
    this.#heap = heap;
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
    const { pointerSize } = this.#process.processor;
    return chunk?.slotRvas.subarray(0, chunk.installed).some((slot) => slot < rva + size && slot + pointerSize > rva) ?? false;
  }

  /** `GetTokenForVTableEntry`: of the thunk that the slot leads to where there are thunks, else the slot itself. `undefined`: a fault. */
  tokenOf(moduleBase: number, slot: number): number | undefined {
    const { memory, processor } = this.#process;
    const { bootstrapThunk } = this.#platform;
    const value = readPointer(memory, slot, processor.pointerSize);
    if (isFault(value)) return undefined;
    const chunk = this.#chunks.get(moduleBase);
    if (!chunk) return Number(BigInt.asUintN(32, value));
    const entry = asAddress(value);
    if (entry === undefined) return undefined;
    const index = this.#indexOf(chunk, entry);
    if (index !== undefined) return chunk.tokens[index];
    const token = memory.readU32(entry - bootstrapThunk.entryOffset + bootstrapThunkOffset(bootstrapThunk, 'token'));
    return isFault(token) ? undefined : token;
  }

  /** `patch_vtable_entries`: false where it fails. A table that cannot be read faults inside DllMain. */
  install(module: MappedModule, cli: CliHeader, trace: Trace): boolean {
    const { memory } = this.#process;
    const all = readFixupRecords(memory, module.base, cli);
    if (isFault(all)) throw dllMainFault(`the vtable fixups cannot be read: ${faultText(all)}`);
    if (all.length === 0) return true;
    if (totalSlots(all) > SLOT_LIMIT) return false;
    const records = all.filter(({ type }) => (type & this.#platform.pointerSizedFixup) !== 0);
    const chunk = this.#newChunk(module, records, totalSlots(all));
    this.#chunks.set(module.base, chunk);
    try {
      return records.every((record) => this.#patchRecord(module, chunk, record));
    } finally {
      trace.defer(() => this.#events(chunk));
    }
  }

  /** `release_bootstrap_thunks`: on DLL_PROCESS_DETACH. Slots that were not fixed up lead nowhere afterwards. */
  release(module: MappedModule, trace: Trace): void {
    const chunk = this.#chunks.get(module.base);
    if (!chunk) return;
    this.#chunks.delete(module.base);
    this.#heap.free(chunk.base);
    trace.add({ step: 'releaseBootstrapThunks', module: module.name, count: chunk.tokens.length });
  }

  #thunkAt(base: number, index: number): number {
    return base + CHUNK_HEADER_POINTERS * this.#process.processor.pointerSize + index * this.#platform.bootstrapThunk.size;
  }

  #indexOf({ base, installed }: Chunk, entry: number): number | undefined {
    const { size, entryOffset } = this.#platform.bootstrapThunk;
    const index = (entry - entryOffset - this.#thunkAt(base, 0)) / size;
    return index >= 0 && index < installed && Number.isInteger(index) ? index : undefined;
  }

  /** A thunk follows from its slot and token, so its page is made when it is touched. */
  #newChunk(module: MappedModule, records: readonly FixupRecord[], count: number): Chunk {
    const layout = this.#platform.bootstrapThunk;
    const helper = BigInt(this.#process.gates.for('ijwhost.dll', 'start_runtime_thunk_stub', 'helper').address);
    const moduleHandle = BigInt(module.base);
    const tokens = new Uint32Array(count);
    const slotRvas = new Uint32Array(count);
    const base = this.#heap.allocateAlone(this.#thunkAt(0, Math.max(count, 1)), (at) =>
      packedItems(this.#thunkAt(at, 0), layout.size, totalSlots(records), (index) => {
        const slotAddress = moduleHandle + BigInt(slotRvas[index]!);
        return writeBootstrapThunk(layout, { token: tokens[index]!, helper, moduleHandle, slotAddress }, BigInt(this.#thunkAt(at, index)));
      }),
    );
    return { base, module: module.base, records, tokens, slotRvas, rights: [], installed: 0 };
  }

  #patchRecord(module: MappedModule, chunk: Chunk, record: FixupRecord): boolean {
    const { memory, processor } = this.#process;
    const { hostUnprotectsSlots, bootstrapThunk } = this.#platform;
    const size = record.count * processor.pointerSize;
    const slots = module.base + record.rva;
    if (size === 0 && !hostUnprotectsSlots) return true;
    // A record without slots is unprotected too: its page must be there (seen on x64; CoreCLR 10.0.12 under Wine).
    const before = hostUnprotectsSlots ? memory.protect(slots, Math.max(size, 1), PageRights.readWrite) : undefined;
    // RVA 0 is a null pointer, whose page cannot be unprotected.
    if (isRefusal(before) || record.rva === 0) return false;
    chunk.rights.push(before);
    this.#readTokens(module, chunk, record);
    for (let index = 0; index < record.count; index++) {
      const entry = this.#thunkAt(chunk.base, chunk.installed) + bootstrapThunk.entryOffset;
      const fault = writePointer(memory, slots + index * processor.pointerSize, entry, processor.pointerSize);
      if (fault) throw dllMainFault(`a slot cannot be written: ${faultText(fault)}`);
      chunk.installed++;
    }
    if (before !== undefined) memory.protect(slots, Math.max(size, 1), before);
    return true;
  }

  /** The tokens of one record, before any of its slots is overwritten, but one record after the other. */
  #readTokens(module: MappedModule, chunk: Chunk, record: FixupRecord): void {
    const { memory, processor } = this.#process;
    for (let index = 0; index < record.count; index++) {
      const rva = record.rva + index * processor.pointerSize;
      const value = readPointer(memory, module.base + rva, processor.pointerSize);
      if (isFault(value)) throw dllMainFault(`a slot cannot be read: ${faultText(value)}`);
      chunk.tokens[chunk.installed + index] = Number(BigInt.asUintN(32, value));
      chunk.slotRvas[chunk.installed + index] = rva;
    }
  }

  *#events({ base, records, rights, tokens, slotRvas, installed }: Chunk): Iterable<LoadEvent> {
    const { pointerSize } = this.#process.processor;
    const { bootstrapThunk } = this.#platform;
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
