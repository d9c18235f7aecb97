import { BadImageError, UnsupportedError, UsageError } from '@ijw/binary';
import type { Random } from './random.ts';

/** Something that reads bytes a stranger may have made. */
export interface FuzzReader {
  readonly name: string;
  seeds(): Iterable<Uint8Array> | Promise<Iterable<Uint8Array>>;
  /**
   * Reads an input. What it throws beside the errors that readers promise is a finding, and so is a `FindingError`. Returns how many bytes were read where an
   * input stands for more than itself: a few decisions may make a large image.
   */
  run(input: Uint8Array): Promise<number | undefined>;
  /** A changed copy of an input, by what is known of its format. Without it bytes change anywhere. */
  readonly mutate?: (input: Uint8Array, random: Random) => Uint8Array;
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
