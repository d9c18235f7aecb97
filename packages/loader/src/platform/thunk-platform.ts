import type { Architecture, Processor } from '@ijw/machine';
import type { BootstrapThunkLayout } from '@ijw/vtfixup';

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

/** What differs between the architectures in the code that the hosts and the runtime make. Nothing outside this folder asks which one it is. */
export interface ThunkPlatform {
  readonly architecture: Architecture;
  /** COR_VTABLE_32BIT (1) or COR_VTABLE_64BIT (2): the bit a record's Type must have. */
  readonly pointerSizedFixup: 1 | 2;
  /** By-name imports that the runtime takes for the host's entry point (`GetIJWHostForModule`). */
  readonly hostEntryNames: readonly string[];
  /** ijwhost changes the protection of the slots before it writes them (`#ifdef _WIN64` in ijwthunk.cpp). */
  readonly hostUnprotectsSlots: boolean;
  readonly bootstrapThunk: BootstrapThunkLayout;
  /** Address of the bootstrap thunk that has reached `start_runtime_thunk_stub`. What it put on the stack for this is taken off. */
  reachingThunk(processor: Processor): number;
  /** StubPrecode: what a slot of type P|4 or P|8 points to. */
  readonly stubPrecode: PrecodeTemplate;
  /** FixupPrecode: a method's multi-callable entry, what a slot of type P points to. */
  readonly fixupPrecode: PrecodeTemplate;
  /** `HeuristicDoesThisLookLikeAGetLastErrorCall` (vm/dllimport.cpp) knows the jumps of this architecture. */
  readonly seesGetLastErrorJumps: boolean;
  /** The register that a reverse stub passes its record in. */
  readonly recordRegister: string;
}
