import { alignUp } from '@ijw/binary';
import { type AddressSpace, isRefusal, PAGE_SIZE, PageRights } from '@ijw/machine';

const CHUNK_SIZE = 0x10000;
/** .NET interleaves pages of code with pages of the data that the code reads, this far behind it (vm/loaderheap, "interleaved heap"). */
export const DATA_DISTANCE = 0x4000;

interface Cursor {
  next: number;
  end: number;
}

/**
 * Where thunks are made. Code is written while its page is writable and not executable, and run while it is executable and not writable;
 * the data that a thunk reads is `DATA_DISTANCE` behind it in pages that are never executable.
 */
export class ExecutableHeap {
  readonly #memory: AddressSpace;
  readonly #base: number;
  #cursor: Cursor = { next: 0, end: 0 };
  #chunk: Cursor = { next: 0, end: 0 };

  constructor(memory: AddressSpace, base: number) {
    this.#memory = memory;
    this.#base = base;
  }

  /** Room for code with data behind it. */
  allocate(size: number, alignment: number): number {
    let at = alignUp(this.#cursor.next, alignment);
    if (at + size > this.#cursor.end) {
      this.#cursor = this.#interleaved(size);
      at = this.#cursor.next;
    }
    this.#cursor.next = at + size;
    return at;
  }

  /** Room for code that carries its data itself, in pages of its own. */
  allocateAlone(size: number): number {
    const base = this.#reserve(alignUp(size, PAGE_SIZE));
    this.#memory.commit(base, size, PageRights.readExecute);
    return base;
  }

  free(base: number): void {
    this.#memory.release(base);
  }

  writeCode(address: number, code: Uint8Array): void {
    this.#memory.protect(address, code.length, PageRights.readWrite);
    this.#memory.write(address, code);
    this.#memory.protect(address, code.length, PageRights.readExecute);
  }

  #interleaved(size: number): Cursor {
    if (size > DATA_DISTANCE) throw new Error(`A thunk of ${size} bytes does not fit between its data`);
    if (this.#chunk.next + 2 * DATA_DISTANCE > this.#chunk.end) {
      const base = this.#reserve(CHUNK_SIZE);
      this.#chunk = { next: base, end: base + CHUNK_SIZE };
    }
    const code = this.#chunk.next;
    this.#chunk.next += 2 * DATA_DISTANCE;
    this.#memory.commit(code, DATA_DISTANCE, PageRights.readExecute);
    this.#memory.commit(code + DATA_DISTANCE, DATA_DISTANCE, PageRights.readWrite);
    return { next: code, end: code + DATA_DISTANCE };
  }

  #reserve(size: number): number {
    const base = this.#memory.reserve(size, undefined, this.#base);
    if (isRefusal(base)) throw new Error(base.message);
    return base;
  }
}
