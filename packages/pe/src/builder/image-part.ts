import type { Rva } from '../address.ts';
import type { ImagePlan } from './image-plan.ts';

/**
 * Something that occupies addresses in an image that is being built. How large it is can be said before addresses are given out; what it holds
 * may depend on all of them. (A size that depends on addresses, as that of base relocations, may use those given out before.)
 */
export interface ImagePart {
  /** In bytes; 4 when not said. A power of two. */
  readonly alignment?: number;
  readonly size: number | ((plan: ImagePlan) => number);
  /** What a directory that is this part has as its size, where more than the directory is in the part. */
  readonly directorySize?: number;
  /** As many bytes as `size` said. */
  write(plan: ImagePlan): Uint8Array;
}

/** A place in a part, or an address as it is. */
export type PartPlace = Rva | { readonly part: ImagePart; readonly offset?: number };

/** A part whose bytes depend on no address. */
export const bytesPart = (bytes: Uint8Array, alignment = 4): ImagePart => ({ alignment, size: bytes.length, write: () => bytes });
