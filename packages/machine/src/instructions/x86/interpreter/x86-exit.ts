import type { Fault } from '../../../fault.ts';

/** Why an instruction could not be done, beside a memory access: SDM volume 3, table 6-1. */
export type X86Exception = 'divide-error' | 'breakpoint' | 'invalid-opcode' | 'general-protection' | 'fast-fail' | 'interrupt';

/** How a run ended. The registers are those before the instruction at `ip`, whatever ended it. */
export type X86Exit =
  /** The code came to an address that the host has. */
  | { readonly kind: 'gate'; readonly ip: number }
  /** A memory access that the rights do not allow. */
  | { readonly kind: 'fault'; readonly ip: number; readonly fault: Fault }
  | { readonly kind: 'exception'; readonly ip: number; readonly exception: X86Exception; readonly vector?: number }
  /** An instruction that is not run here, by its text. */
  | { readonly kind: 'unsupported'; readonly ip: number; readonly instruction: string }
  | { readonly kind: 'budget'; readonly ip: number };

/** Leaves an instruction before it has had an effect. */
export class X86Signal extends Error {
  override readonly name = 'X86Signal';
  override readonly cause: Fault | X86Exception | 'unsupported';
  readonly vector: number | undefined;

  constructor(cause: Fault | X86Exception | 'unsupported', vector?: number) {
    super();
    this.cause = cause;
    this.vector = vector;
  }
}
