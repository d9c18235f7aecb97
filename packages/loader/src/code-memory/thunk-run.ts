import type { GuestProcess } from '@ijw/windows';
import type { ThunkForm } from '../platform/thunk-form.ts';

export interface ThunkRunInit<Form extends ThunkForm = ThunkForm> {
  readonly process: GuestProcess;
  readonly form: Form;
  /** Bytes between code and data, where the form is interleaved. */
  readonly dataDistance: number;
  readonly count: number;
  /** The identity of each, and the common target before the first call. */
  readonly identityOf: (index: number) => number;
  readonly prestub: number;
}

/** Thunks of one kind, side by side. */
export interface ThunkRun {
  /** Bytes of code of one thunk. */
  readonly size: number;
  addressOf(index: number): number;
  /** The thunk that begins at an address. */
  indexOf(address: number): number | undefined;
  /** The identity that a thunk passes to its target. */
  passedBy(index: number): number;
  /** Lets a thunk lead to the code of its method. */
  retarget(index: number, target: number): void;
}
