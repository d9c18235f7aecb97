import type { CallResult } from '../clr/calls/call-result.ts';
import type { ClrException } from '../load/load-refusal.ts';

/** A managed exception on its way through native frames to the managed code that called them. */
export class ManagedException extends Error {
  override readonly name = 'ManagedException';
  readonly exception: ClrException;

  constructor(exception: ClrException) {
    super(exception.message);
    this.exception = exception;
  }
}

/** The end of the process, on its way out of every call. */
export class ProcessDeath extends Error {
  override readonly name = 'ProcessDeath';
  readonly result: CallResult;

  constructor(result: CallResult) {
    super('The process has died');
    this.result = result;
  }
}
