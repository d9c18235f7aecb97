import { alignUp } from '@ijw/binary';
import { type AddressSpace, isRefusal, PAGE_SIZE, type PageFill, PageRights, writePointer } from '@ijw/machine';
import { windowsRefusal } from '@ijw/windows';

const CHUNK_SIZE = 0x10000;
const CODE_ALIGNMENT = 16;

/** Memory for code, and the word that it calls through. */
export interface CodePlace {
  readonly code: number;
  readonly data: number;
}

interface Chunk {
  next: number;
  readonly end: number;
  nextWord: number;
  readonly wordsEnd: number;
  /** The addresses of the words, by their targets. */
  readonly words: Map<number, number>;
}

/** The heap of generated code: it is written while its page is writable and not executable, and runs while the page is executable and not writable. */
export class ExecutableHeap {
  readonly #memory: AddressSpace;
  readonly #pointerSize: 4 | 8;
  #chunk: Chunk = { next: 0, end: 0, nextWord: 0, wordsEnd: 0, words: new Map() };

  constructor(memory: AddressSpace, pointerSize: 4 | 8) {
    this.#memory = memory;
    this.#pointerSize = pointerSize;
  }

  /** Memory for `size` bytes of code that calls `target` through a word behind it, in a page that is never executable. */
  allocate(size: number, target: number): CodePlace {
    if (this.#chunk.next + size > this.#chunk.end || this.#chunk.nextWord === this.#chunk.wordsEnd) this.#chunk = this.#newChunk(size);
    const chunk = this.#chunk;
    const code = chunk.next;
    chunk.next = alignUp(code + size, CODE_ALIGNMENT);
    let data = chunk.words.get(target);
    if (data === undefined) {
      data = chunk.nextWord;
      chunk.nextWord += this.#pointerSize;
      chunk.words.set(target, data);
      writePointer(this.#memory, data, target, this.#pointerSize);
    }
    return { code, data };
  }

  /** Memory for code that contains its data, in pages of its own whose bytes are made when they are touched. */
  allocateAlone(size: number, fill: (base: number) => PageFill): number {
    const base = this.#reserve(alignUp(size, PAGE_SIZE));
    const refused = this.#memory.commit(base, size, PageRights.readExecute) ?? this.#memory.back(base, size, fill(base));
    if (refused) throw windowsRefusal('COMMITMENT_LIMIT', 'noRoomForThunks', refused.message);
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

  /** Code, and behind it a page of words. */
  #newChunk(size: number): Chunk {
    const code = Math.max(CHUNK_SIZE - PAGE_SIZE, alignUp(size, PAGE_SIZE));
    const base = this.#reserve(code + PAGE_SIZE);
    const end = base + code;
    const refused = this.#memory.commit(base, code, PageRights.readExecute) ?? this.#memory.commit(end, PAGE_SIZE, PageRights.readWrite);
    if (refused) throw windowsRefusal('COMMITMENT_LIMIT', 'noRoomForStubs', refused.message);
    return { next: base, end, nextWord: end, wordsEnd: end + PAGE_SIZE, words: new Map() };
  }

  #reserve(size: number): number {
    const base = this.#memory.reserve(size);
    if (isRefusal(base)) throw windowsRefusal('COMMITMENT_LIMIT', 'noRoomForStubs', base.message);
    return base;
  }
}
