import type { AddressSpace } from '@ijw/machine';
import type { Architecture } from '../architecture.ts';
import type { NativeEnd, NativeRun } from './native-run.ts';
import type { NativeStep } from './native-step.ts';
import type { ProcessorModel } from './processor.ts';

/** What a bootstrap thunk of ijwhost holds. */
export interface BootstrapThunk {
  readonly token: number;
  /** Base of the image, its HMODULE. */
  readonly module: number;
  /** Address of the slot that the thunk was put into. */
  readonly slot: number;
}

/** dotnet/runtime `src/native/corehost/ijwhost/{i386,amd64,arm64}/bootstrap_thunk.*`: a packed structure that begins with, or holds, code. */
export interface BootstrapThunkLayout {
  readonly size: number;
  /** Where the code begins: what goes into the slot is the thunk's address plus this. */
  readonly entryOffset: number;
  readonly tokenOffset: number;
  readonly moduleOffset: number;
  readonly slotOffset: number;
  /** The bytes of one thunk at `address`; `helper` is `start_runtime_thunk_stub`. */
  write(address: number, helper: number, thunk: BootstrapThunk): Uint8Array;
}

/** One piece of code that the runtime makes for a method or a slot: the same bytes for all, which read pointers a fixed distance behind them. */
export interface PrecodeTemplate {
  /** Of the code; its data is not larger. */
  readonly size: number;
  /** `data` is the address of the precode's pointers. */
  write(code: number, data: number): Uint8Array;
  /** The pointers before the first call: `identity` is passed on to `prestub`, which finds out where to go. */
  words(code: number, identity: number, prestub: number): readonly number[];
  /** Which of them says where the precode leads. */
  readonly targetWord: number;
}

/** Everything that differs between the three processors. Nothing outside this folder asks which one it is. */
export interface Platform {
  readonly architecture: Architecture;
  readonly pointerSize: 4 | 8;
  /** COR_VTABLE_32BIT (1) or COR_VTABLE_64BIT (2): the bit a record's Type must have. */
  readonly pointerSizedFixup: 1 | 2;
  /** Top of user space: reservations end here. */
  readonly addressLimit: number;
  /** Where host functions get their addresses. */
  readonly gateBase: number;
  /** Where thunks and stubs are made. The upper byte of the low half is no metadata table's number. */
  readonly heapBase: number;
  /** Where images go that cannot have their preferred base. */
  readonly imageBase: number;
  /** By-name imports that the runtime takes for the host's entry point (`GetIJWHostForModule`). */
  readonly hostEntryNames: readonly string[];
  /** ijwhost changes the protection of the slots before it writes them (`#ifdef _WIN64` in ijwthunk.cpp). */
  readonly hostUnprotectsSlots: boolean;
  readonly bootstrapThunk: BootstrapThunkLayout;
  /** StubPrecode: what a slot of type P|4 or P|8 points to. */
  readonly stubPrecode: PrecodeTemplate;
  /** FixupPrecode: a method's multi-callable entry, what a slot of type P points to. */
  readonly fixupPrecode: PrecodeTemplate;
  /** The bytes of a gate, 16 of them: code that leaves the guest for the host function number `index`. */
  gate(index: number): Uint8Array;
  /** The jump, call or return at an address, or `undefined` for anything else that decides where code goes. */
  decode(memory: AddressSpace, address: number): NativeStep | undefined;
  /** What runs the code of this architecture. */
  readonly processor: ProcessorModel;
  /** Runs an entry point as far as it decides a load. */
  run(run: NativeRun): NativeEnd;
}
