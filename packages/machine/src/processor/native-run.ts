import type { AddressSpace } from '../address-space.ts';

/** How a piece of native code ended, as far as it was run. */
export type NativeEnd =
  /** The code returned; `value` is what the result register holds, where it is known. */
  | { readonly kind: 'returned'; readonly value?: number }
  /** The code goes on in a way that only a processor can follow: nothing of it has had an effect. */
  | { readonly kind: 'unknown'; readonly address: number }
  | { readonly kind: 'fault'; readonly reason: string };

/** What running an entry point needs of the process. */
export interface NativeRun {
  readonly memory: AddressSpace;
  readonly entry: number;
  /** HINSTANCE, reason, reserved. */
  readonly arguments: readonly [number, number, number];
  /** Calls the function outside the guest that has this address: its result, where it is known. `undefined`: guest code has the address. */
  readonly callOutside: (address: number) => OutsideResult | undefined;
  /** Where a slot of a delayed import would lead, once its helper has bound it. */
  readonly delayedTarget: (slot: number) => number | undefined;
}

export interface OutsideResult {
  readonly value: number | undefined;
}

/** More steps than this are left to a processor. */
export const STEP_LIMIT = 20_000;
