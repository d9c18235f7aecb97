import { CodeWriter, isRefusal, PageRights, writePointer } from '@ijw/machine';
import { type GuestProcess, windowsRefusal } from '@ijw/windows';
import type { PrecodeTemplate } from '../platform/thunk-platform.ts';
import { packedItems } from './packed-items.ts';

/** .NET interleaves pages of code with pages of the data that the code reads, this far behind it (vm/loaderheap, "interleaved heap"). */
export const DATA_DISTANCE = 0x4000;

export interface PrecodeRunInit {
  readonly process: GuestProcess;
  readonly template: PrecodeTemplate;
  readonly count: number;
  /** What each passes on, and where all of them lead before the first call. */
  readonly identityOf: (index: number) => number;
  readonly prestub: number;
}

/**
 * Precodes of one kind, side by side in an interleaved heap: 16 KiB of code that is never writable, 16 KiB of the data that it reads, which is never
 * executable, and so on. All of it follows from the template and the identities, so a page is made when it is touched.
 */
export class PrecodeRun {
  readonly count: number;
  /** Bytes of code of one precode. */
  readonly size: number;
  readonly #init: PrecodeRunInit;
  readonly #base: number;
  readonly #inBlock: number;

  /** @throws LoadRefusal where the process has no room left */
  constructor(init: PrecodeRunInit) {
    const { process, template, count } = init;
    this.count = count;
    this.size = template.size;
    this.#init = init;
    this.#inBlock = Math.floor(DATA_DISTANCE / template.size);
    const blocks = Math.ceil(count / this.#inBlock);
    const base = blocks === 0 ? 0 : process.memory.reserve(blocks * 2 * DATA_DISTANCE);
    if (isRefusal(base)) throw windowsRefusal('COMMITMENT_LIMIT', 'noRoomForThunks', base.message);
    this.#base = base;
    for (let first = 0; first < count; first += this.#inBlock) this.#commitBlock(first, Math.min(this.#inBlock, count - first));
  }

  addressOf(index: number): number {
    return this.#base + Math.floor(index / this.#inBlock) * 2 * DATA_DISTANCE + (index % this.#inBlock) * this.size;
  }

  /** The precode that begins at an address. */
  indexOf(address: number): number | undefined {
    const offset = address - this.#base;
    const block = Math.floor(offset / (2 * DATA_DISTANCE));
    const inBlock = (offset - block * 2 * DATA_DISTANCE) / this.size;
    const index = block * this.#inBlock + inBlock;
    return offset >= 0 && Number.isInteger(inBlock) && inBlock < this.#inBlock && index < this.count ? index : undefined;
  }

  /** Lets a precode lead elsewhere: its data changes, its code never does. */
  retarget(index: number, target: number): void {
    const { process, template } = this.#init;
    const { memory, processor } = process;
    const { pointerSize } = processor;
    writePointer(memory, this.addressOf(index) + DATA_DISTANCE + template.targetWord * pointerSize, target, pointerSize);
  }

  #commitBlock(first: number, count: number): void {
    const { process, template } = this.#init;
    const { memory } = process;
    const code = this.addressOf(first);
    const length = count * this.size;
    const refused =
      memory.commit(code, length, PageRights.readExecute) ??
      memory.commit(code + DATA_DISTANCE, length, PageRights.readWrite) ??
      memory.back(
        code,
        length,
        packedItems(code, this.size, count, (index) => {
          const at = code + index * this.size;
          return template.write(at, at + DATA_DISTANCE);
        }),
      ) ??
      memory.back(
        code + DATA_DISTANCE,
        length,
        packedItems(code + DATA_DISTANCE, this.size, count, (index) => this.#data(first + index)),
      );
    if (refused) throw windowsRefusal('COMMITMENT_LIMIT', 'noRoomForThunks', refused.message);
  }

  #data(index: number): Uint8Array {
    const { process, template, identityOf, prestub } = this.#init;
    const writer = new CodeWriter();
    for (const word of template.words(this.addressOf(index), identityOf(index), prestub)) {
      if (process.processor.pointerSize === 8) writer.u64(word);
      else writer.u32(word);
    }
    return writer.toBytes();
  }
}
