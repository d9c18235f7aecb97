import type { ExecutionResult } from './execution-result.ts';

type End = Extract<ExecutionResult, { readonly kind: 'stopped' | 'fault' }>;

/** Ends a run that cannot go on. */
export class StoppedExecution extends Error {
  override readonly name = 'StoppedExecution';
  readonly result: End;

  constructor(result: End) {
    super(result.reason);
    this.result = result;
  }
}

export const stopped = (address: number, reason: string): StoppedExecution => new StoppedExecution({ kind: 'stopped', address, reason });
