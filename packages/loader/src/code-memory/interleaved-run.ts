import { CodeWriter, isRefusal, PageRights, writePointer } from '@ijw/machine';
import { windowsRefusal } from '@ijw/windows';
import type { InterleavedForm } from '../platform/thunk-form.ts';
import { packedItems } from './packed-items.ts';
import type { ThunkRun, ThunkRunInit } from './thunk-run.ts';

/**
 * Thunks of one kind in an interleaved heap: a block of code that is never writable, as much of the data that it reads, which is never executable,
 * and so on. All of it follows from the form and the identities, so a page is made when it is touched.
 */
export class InterleavedRun implements ThunkRun {
  readonly size: number;
  readonly #init: ThunkRunInit<InterleavedForm>;
  readonly #base: number;
  readonly #inBlock: number;

  /** @throws LoadRefusal where the process has no room left */
  constructor(init: ThunkRunInit<InterleavedForm>) {
    const { process, form, count, dataDistance } = init;
    this.size = form.size;
    this.#init = init;
    this.#inBlock = Math.floor(dataDistance / form.size);
    const blocks = Math.ceil(count / this.#inBlock);
    const base = blocks === 0 ? 0 : process.memory.reserve(blocks * 2 * dataDistance);
    if (isRefusal(base)) throw windowsRefusal('COMMITMENT_LIMIT', 'noRoomForThunks', base.message);
    this.#base = base;
    for (let first = 0; first < count; first += this.#inBlock) this.#commitBlock(first, Math.min(this.#inBlock, count - first));
  }

  addressOf(index: number): number {
    return this.#base + Math.floor(index / this.#inBlock) * 2 * this.#init.dataDistance + (index % this.#inBlock) * this.size;
  }

  indexOf(address: number): number | undefined {
    const offset = address - this.#base;
    const { count, dataDistance } = this.#init;
    const block = Math.floor(offset / (2 * dataDistance));
    const inBlock = (offset - block * 2 * dataDistance) / this.size;
    const index = block * this.#inBlock + inBlock;
    return offset >= 0 && Number.isInteger(inBlock) && inBlock < this.#inBlock && index < count ? index : undefined;
  }

  passedBy(index: number): number {
    return this.#init.identityOf(index);
  }

  /** The data changes, the code never does. */
  retarget(index: number, target: number): void {
    const { process, form, dataDistance } = this.#init;
    const { memory, processor } = process;
    const { pointerSize } = processor;
    writePointer(memory, this.addressOf(index) + dataDistance + form.targetWord * pointerSize, target, pointerSize);
  }

  #commitBlock(first: number, count: number): void {
    const { process, form, dataDistance } = this.#init;
    const { memory } = process;
    const code = this.addressOf(first);
    const length = count * this.size;
    const refused =
      memory.commit(code, length, PageRights.readExecute) ??
      memory.commit(code + dataDistance, length, PageRights.readWrite) ??
      memory.back(
        code,
        length,
        packedItems(code, this.size, count, (index) => {
          const at = code + index * this.size;
          return form.write(at, at + dataDistance);
        }),
      ) ??
      memory.back(
        code + dataDistance,
        length,
        packedItems(code + dataDistance, this.size, count, (index) => this.#data(first + index)),
      );
    if (refused) throw windowsRefusal('COMMITMENT_LIMIT', 'noRoomForThunks', refused.message);
  }

  #data(index: number): Uint8Array {
    const { process, form, identityOf, prestub } = this.#init;
    const writer = new CodeWriter();
    for (const word of form.words(this.addressOf(index), identityOf(index), prestub)) {
      if (process.processor.pointerSize === 8) writer.u64(word);
      else writer.u32(word);
    }
    return writer.toBytes();
  }
}
