import { BadImageError } from './bad-image-error.ts';

export type Severity = 'error' | 'warning' | 'info';

/** One thing found in a file: the data of a `BadImageError`, for readers that go on after it. */
export interface Diagnostic {
  readonly code: string;
  readonly severity: Severity;
  readonly offset?: number;
  readonly rva?: number;
  readonly token?: number;
  readonly reading: string;
  readonly message: string;
}

/** The most findings that are kept of one file; further ones are counted. */
const LIMIT = 1000;

/** Collects what readers find where they can go on. Bounded: a hostile file cannot fill the memory with findings. */
export class Diagnostics {
  readonly entries: Diagnostic[] = [];
  /** How many findings were not kept because the limit was reached. */
  dropped = 0;

  report(diagnostic: Diagnostic): void {
    if (this.entries.length < LIMIT) this.entries.push(diagnostic);
    else this.dropped++;
  }

  /** Records a `BadImageError`. Any other error is a defect of this code, not of the file, and is thrown again. */
  record(error: unknown, severity: Severity = 'error', token?: number): void {
    if (!(error instanceof BadImageError)) throw error;
    const { code, offset, rva, reading, message } = error;
    this.report({ code, severity, offset, ...(rva !== undefined && { rva }), ...(token !== undefined && { token }), reading, message });
  }

  /** The value of `read`, or `undefined` after recording the error. */
  attempt<T>(read: () => T, token?: number): T | undefined {
    try {
      return read();
    } catch (error) {
      this.record(error, 'error', token);
      return undefined;
    }
  }
}
