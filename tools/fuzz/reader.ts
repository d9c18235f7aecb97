import { BadImageError, UnsupportedError, UsageError } from '@ijw/binary';

/** Something that reads bytes a stranger may have made. */
export interface FuzzReader {
  readonly name: string;
  seeds(): Iterable<Uint8Array> | Promise<Iterable<Uint8Array>>;
  /** Reads an input. What it throws beside the errors that readers promise is a finding, and so is a `FindingError`. */
  run(input: Uint8Array): void | Promise<void>;
}

/** The reader kept going, but what it gave breaks a promise. */
export class FindingError extends Error {
  override readonly name = 'FindingError';
}

/** Runs `read` and takes the errors that every reader may raise. */
export async function tolerant(read: () => unknown): Promise<void> {
  try {
    await read();
  } catch (error) {
    if (!(error instanceof BadImageError || error instanceof UnsupportedError || error instanceof UsageError)) throw error;
  }
}
