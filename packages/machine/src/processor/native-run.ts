import type { AddressSpace } from '../address-space.ts';
import type { StepBudget } from './step-budget.ts';

/** How a piece of native code ended, as far as it was run. */
export type NativeEnd =
  /** The code returned; `value` is the content of the result register, if known. */
  | { readonly kind: 'returned'; readonly value?: number }
  /** The code continues in a way that only a processor can follow: it has had no effect. */
  | { readonly kind: 'unknown'; readonly address: number }
  | { readonly kind: 'fault'; readonly reason: string };

/** What running an entry point needs of the process. */
export interface NativeRun {
  readonly memory: AddressSpace;
  readonly entry: number;
  /** Shared with everything else that the load runs. */
  readonly steps: StepBudget;
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

/** One run is left to a processor after so many steps, a load after some more. */
export const STEP_LIMIT = 20_000;
