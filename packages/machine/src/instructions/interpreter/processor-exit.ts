import type { Fault } from '../../fault.ts';

/** Why an instruction could not be done, beside a memory access: Intel SDM volume 3, table 6-1; Arm ARM D1.3. */
export type ProcessorException =
  | 'divide-error'
  | 'breakpoint'
  | 'invalid-opcode'
  | 'general-protection'
  | 'fast-fail'
  | 'interrupt'
  | 'system-call'
  | 'alignment';

/** How a run ended. The registers are those before the instruction at `ip`, whatever ended it. */
export type ProcessorExit =
  /** The code came to an address that the host has. */
  | { readonly kind: 'gate'; readonly ip: number }
  /** A memory access that the rights do not allow. */
  | { readonly kind: 'fault'; readonly ip: number; readonly fault: Fault }
  | { readonly kind: 'exception'; readonly ip: number; readonly exception: ProcessorException; readonly vector?: number }
  /** An instruction that is not run here, by its text. */
  | { readonly kind: 'unsupported'; readonly ip: number; readonly instruction: string }
  | { readonly kind: 'budget'; readonly ip: number };

/** Leaves an instruction before it has had an effect. */
export class ProcessorSignal extends Error {
  override readonly name = 'ProcessorSignal';
  override readonly cause: Fault | ProcessorException | 'unsupported';
  readonly vector: number | undefined;

  constructor(cause: Fault | ProcessorException | 'unsupported', vector?: number) {
    super();
    this.cause = cause;
    this.vector = vector;
  }
}
