import type { CodeRegion } from '../code/code-region.ts';
import type { IndirectCall, Jump, Transfer } from '../code/jump.ts';
import type { BootstrapThunkLayout } from './bootstrap-thunk.ts';

export type PlatformName = 'x86' | 'x64' | 'arm64';

/** Two entries of one function in `.nep` (MSVC x64): from native code through the slot with a thunk, from managed code past it. */
export interface DoubleThunk {
  /** What native code calls. */
  readonly rva: number;
  /** The jump through the slot that native code uses. */
  readonly nativeJump: number;
  /** The jump through the slot that managed code uses. */
  readonly managedJump: number;
  readonly length: number;
}

/** What a scan reports; each callback gets what it asked for in ascending order of address. */
export interface ScanSink {
  readonly jump: (jump: Jump & { readonly kind: 'indirect' }) => void;
  readonly indirectCall: (call: IndirectCall) => void;
}

/** All that this package knows of a processor. */
export interface Platform {
  readonly name: PlatformName;
  /** The jump at an offset of a region, after padding that does nothing; `undefined` when something else stands there. */
  decodeJump(region: CodeRegion, offset: number): Jump | undefined;
  decodeDoubleThunk(region: CodeRegion, offset: number): DoubleThunk | undefined;
  /** Finds every jump and call through memory whose pointer passes `wanted`, in one pass. */
  scanIndirect(region: CodeRegion, wanted: (pointer: number) => boolean, sink: ScanSink): void;
  /** Finds every direct call, jump and address computation whose target passes `wanted`, in one pass. */
  scanDirect(region: CodeRegion, wanted: (target: number) => boolean, found: (transfer: Transfer) => void): void;
  /** The thunk that ijwhost puts into a slot. */
  readonly bootstrapThunk: BootstrapThunkLayout;
}
