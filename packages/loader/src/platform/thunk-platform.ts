import type { Architecture, Processor } from '@ijw/machine';
import type { BootstrapThunkLayout } from '@ijw/vtfixup';
import type { InPlaceForm, InterleavedForm } from './thunk-form.ts';

/** The differences between the architectures in the code of the hosts and the runtime. Code outside this folder does not depend on the architecture. */
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
  /** vm/<architecture>/thunktemplates. */
  readonly interleaved: { readonly stubPrecode: InterleavedForm; readonly fixupPrecode: InterleavedForm };
  /** vm/<architecture>/cgencpu.h and stublinker<architecture>.h; a UMEntryThunk has so many pointer-sized fields before its code. */
  readonly inPlace: {
    entryThunk(fields: number): InPlaceForm;
    readonly stubPrecode: InPlaceForm;
    readonly fixupPrecode: InPlaceForm;
  };
  /** A FixupPrecode in place calls `PrecodeFixupThunk`, which takes the return address off the stack and goes by it. */
  readonly fixupPrecodeCalls: boolean;
  /** `HeuristicDoesThisLookLikeAGetLastErrorCall` (vm/dllimport.cpp) knows the jumps of this architecture. */
  readonly seesGetLastErrorJumps: boolean;
  /** The register that a reverse stub passes its record in. */
  readonly recordRegister: string;
}
