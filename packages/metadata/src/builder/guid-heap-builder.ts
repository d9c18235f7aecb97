import { ByteWriter, UsageError } from '@ijw/binary';
import { formatGuid, parseGuid } from '../heaps/guid-heap.ts';

/** The twin of `GuidHeap`. Equal GUIDs share an index. */
export class GuidHeapBuilder {
  readonly #writer = new ByteWriter();
  readonly #indexes = new Map<string, number>();

  get size(): number {
    return this.#writer.length;
  }

  /**
   * The index of a GUID, from 1, which is added when it is new.
   * @param guid `8-4-4-4-12` digits, or its 16 bytes
   */
  add(guid: string | Uint8Array): number {
    const bytes = typeof guid === 'string' ? parseGuid(guid) : guid;
    if (bytes.length !== 16) throw new UsageError(`A GUID has 16 bytes, not ${bytes.length}`);
    const key = formatGuid(bytes);
    const known = this.#indexes.get(key);
    if (known !== undefined) return known;
    this.#writer.bytes(bytes);
    const index = this.#writer.length / 16;
    this.#indexes.set(key, index);
    return index;
  }

  toBytes(): Uint8Array {
    return this.#writer.toBytes();
  }
}
