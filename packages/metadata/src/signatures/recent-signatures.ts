import type { BlobHeap } from '../heaps/blob-heap.ts';
import { FREE } from '../heaps/heap-budget.ts';
import { decodeMethodSignature } from './decode-signature.ts';
import type { MethodSignature } from './signature-type-provider.ts';
import { type TypeNode, typeNodes } from './type-node.ts';

/** A power of two. */
const SIZE = 1024;

/**
 * The method signatures decoded last, by blob: a direct-mapped cache of a fixed size. Methods that have one blob have one signature object, so that whatever is
 * made of a signature can be kept by it. Long blobs are decoded, and paid for, each time.
 */
export class RecentSignatures {
  readonly #blobs: BlobHeap;
  readonly #signatures = new Map<number, { readonly offset: number; readonly signature: MethodSignature<TypeNode> }>();

  constructor(blobs: BlobHeap) {
    this.#blobs = blobs;
  }

  /** @throws BadImageError */
  get(offset: number): MethodSignature<TypeNode> {
    const slot = (offset ^ (offset >>> 10)) & (SIZE - 1);
    const recent = this.#signatures.get(slot);
    if (recent?.offset === offset) return recent.signature;
    const source = this.#blobs.reader(offset, 'a method signature');
    const signature = decodeMethodSignature(source, typeNodes);
    if (source.length <= FREE) this.#signatures.set(slot, { offset, signature });
    return signature;
  }
}
