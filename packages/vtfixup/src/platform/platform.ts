import type { StubReader } from '@ijw/machine/instructions';
import type { BootstrapThunkLayout } from './bootstrap-thunk.ts';

export type PlatformName = 'x86' | 'x64' | 'arm64';

/** Returns true if the bytes at an offset may be an instruction of interest: a scan tests every byte, and few are. */
export type Glance = (code: Uint8Array, at: number) => boolean;

/** The code patterns of a processor. */
export interface Platform {
  readonly name: PlatformName;
  readonly stubs: StubReader;
  /** Instructions begin at multiples of it. */
  readonly alignment: 1 | 4;
  /** A jump or call through memory. */
  readonly looksIndirect: Glance;
  /** A direct jump or call, or the computation of an address. */
  readonly looksDirect: Glance;
  /** MSVC x64 makes `.nep` sections of double thunks. */
  readonly hasDoubleThunks: boolean;
  /** The thunk that ijwhost puts into a slot. */
  readonly bootstrapThunk: BootstrapThunkLayout;
}
