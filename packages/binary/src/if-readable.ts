import { BadImageError } from './bad-image-error.ts';

/** The value of `read`, or `undefined` for malformed bytes; `Diagnostics.attempt` also records the error. Any other error is a defect of this code and is thrown again. */
export function ifReadable<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    if (error instanceof BadImageError) return undefined;
    throw error;
  }
}
