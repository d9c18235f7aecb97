import { BadImageError } from './bad-image-error.ts';

/** The value of `read`, or `undefined` where the bytes are malformed and nobody is to be told; who is, uses `Diagnostics.attempt`. Any other error is a defect of ours, and rethrown. */
export function ifReadable<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    if (error instanceof BadImageError) return undefined;
    throw error;
  }
}
