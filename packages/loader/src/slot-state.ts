import { BadImageError, hex } from '@ijw/binary';
import { type AddressSpace, asAddress, isFault, mayExecute, readPointer } from '@ijw/machine';
import type { Unsupported } from '@ijw/marshalling';
import type { MappedModule } from '@ijw/windows';
import type { PlacedStub } from './clr/fixups/marshalling-stubs.ts';
import { cliHeaderOf } from './clr/image/image-view.ts';
import type { ImageSlot, Runtime, RuntimeRun } from './clr/runtime.ts';
import { readFixupRecords } from './hosts/fixup-records.ts';

/** The marshalling code of a method, or why it has none. */
export type ThunkStub = (PlacedStub & { readonly bytes: Uint8Array; readonly unwindBytes?: Uint8Array }) | Unsupported;

/** The content of a slot: an address is a number; a bigint is a value beyond 2^53, which is not an address. */
export type SlotWord = number | bigint;

/** The target of a slot. */
export type SlotTarget =
  /** A thunk of the runtime: `reverse` for native callers, `managed` for the method's own entry. */
  | {
      readonly kind: 'reverse' | 'managed';
      readonly address: number;
      readonly size: number;
      readonly bytes: Uint8Array;
      /** The marshalling code of a `reverse` thunk, which its first call or reading this property makes. */
      readonly stub?: ThunkStub;
    }
  /** ijwhost's, which starts the runtime. */
  | { readonly kind: 'bootstrap'; readonly address: number; readonly size: number; readonly bytes: Uint8Array }
  /** The value in the file, or any other value that is not a thunk. */
  | { readonly kind: 'raw' };

/** One slot of the vtable fixups. */
export interface SlotState {
  readonly record: number;
  /** Type of the record. */
  readonly type: number;
  readonly rva: number;
  /** Address of the slot. */
  readonly slot: number;
  /** The token the file has there. */
  readonly token: number;
  /** `Namespace.Type::Name`; the empty string where the token does not name a method. */
  readonly method: string;
  /** The slot's bytes as the file has them, and as they are now. */
  readonly before: SlotWord;
  readonly after: SlotWord;
  readonly content: SlotTarget;
}

/** A mapped module whose slots are read. */
export interface SlotReading extends RuntimeRun {
  readonly module: MappedModule;
  /** The name of the method that a token names. */
  readonly describeToken: (token: number) => string;
}

/** Every slot that the fixup records in memory name, up to one that cannot be read. */
export function readSlots(reading: SlotReading): SlotState[] {
  const { runtime, module } = reading;
  const cli = cliHeaderOf(module.image);
  const records = cli && readFixupRecords(runtime.process.memory, module.base, cli);
  if (!records || isFault(records)) return [];
  const slots: SlotState[] = [];
  for (const { index: record, rva, count, type } of records) {
    const width = slotWidth(type, runtime);
    for (let index = 0; index < count; index++) {
      const state = readSlot(reading, { record, type, rva: rva + index * width, width });
      if (!state) break;
      slots.push(state);
    }
  }
  return slots;
}

interface SlotPlace {
  readonly record: number;
  readonly type: number;
  readonly rva: number;
  readonly width: 4 | 8;
}

function readSlot(reading: SlotReading, { record, type, rva, width }: SlotPlace): SlotState | undefined {
  const { runtime, module, describeToken } = reading;
  const slot = module.base + rva;
  const after = readPointer(runtime.process.memory, slot, width);
  if (isFault(after)) return undefined;
  const before = fileValue(module, rva, width);
  const token = Number(BigInt.asUintN(32, before));
  const content = targetOf(reading, after);
  return { record, type, rva, slot, token, method: describeToken(token), before: slotWord(before), after: slotWord(after), content };
}

function targetOf(reading: SlotReading, value: bigint): SlotTarget {
  const { runtime, module } = reading;
  const address = asAddress(value);
  if (address === undefined) return { kind: 'raw' };
  const { base } = module;
  const slots = runtime.slotsOf(base);
  const slot = slots?.at(address);
  if (slots && slot) return thunkOf(reading, { base, slots, slot });
  const boot = runtime.bootstrap.at(address);
  if (!boot) return { kind: 'raw' };
  const { size } = runtime.platform.bootstrapThunk;
  return { kind: 'bootstrap', address, size, bytes: thunkBytes(runtime.process.memory, boot.thunk, size) };
}

function thunkOf({ runtime, trace }: SlotReading, { slots, slot }: ImageSlot): SlotTarget {
  const { memory } = runtime.process;
  const { kind, address, size } = slot;
  const thunk = { kind, address, size, bytes: thunkBytes(memory, address, size) };
  if (kind === 'managed') return thunk;
  const stub = (): ThunkStub => {
    const made = slots.prepare(slot, trace) as PlacedStub | Unsupported;
    if (made.kind === 'unsupported') return made;
    const { address: code, size: length, unwind } = made;
    return Object.assign(made, {
      bytes: thunkBytes(memory, code, length),
      ...(unwind && { unwindBytes: thunkBytes(memory, unwind.address, unwind.size) }),
    });
  };
  return Object.defineProperty(thunk, 'stub', { enumerable: true, get: stub });
}

function thunkBytes(memory: AddressSpace, address: number, size: number): Uint8Array {
  const bytes = mayExecute(memory.query(address).rights) ? memory.fetch(address, size) : memory.read(address, size);
  if (isFault(bytes)) throw new Error(`The thunk at ${hex(address)} was unmapped`);
  return bytes;
}

/** The value in the file at an RVA; zero beyond its bytes. */
function fileValue({ image }: MappedModule, rva: number, width: 4 | 8): bigint {
  try {
    const reader = image.readerAt(rva, width, 'a slot');
    return width === 8 ? reader.u64() : BigInt(reader.u32());
  } catch (error) {
    if (error instanceof BadImageError) return 0n;
    throw error;
  }
}

const slotWord = (value: bigint): SlotWord => (value <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(value) : value);

/**
 * Pointers where the record has the process's size bit, as the hosts go by. Else the ildasm rule: 4 bytes where COR_VTABLE_32BIT is set, 8 where it
 * is not.
 */
function slotWidth(type: number, { platform, process }: Runtime): 4 | 8 {
  if (type & platform.pointerSizedFixup) return process.processor.pointerSize;
  return type & 1 ? 4 : 8;
}
