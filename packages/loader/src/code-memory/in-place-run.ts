import { isRefusal, PageRights } from '@ijw/machine';
import { windowsRefusal } from '@ijw/windows';
import type { InPlaceForm } from '../platform/thunk-form.ts';
import { packedItems } from './packed-items.ts';
import type { ThunkRun, ThunkRunInit } from './thunk-run.ts';

/** Thunks that hold their data themselves, in a row. A page is made when it is touched. */
export class InPlaceRun implements ThunkRun {
  readonly size: number;
  readonly #init: ThunkRunInit<InPlaceForm>;
  readonly #base: number;

  /** @throws LoadRefusal where the process has no room left */
  constructor(init: ThunkRunInit<InPlaceForm>) {
    this.size = init.form.size;
    this.#init = init;
    const { process, form, count } = init;
    const length = count * form.pitch;
    const base = length === 0 ? 0 : process.memory.reserve(length);
    if (isRefusal(base)) throw windowsRefusal('COMMITMENT_LIMIT', 'noRoomForThunks', base.message);
    this.#base = base;
    if (length > 0) this.#commit(length);
  }

  addressOf(index: number): number {
    return this.#structureOf(index) + this.#init.form.entry;
  }

  indexOf(address: number): number | undefined {
    const { count, form } = this.#init;
    const index = (address - this.#base - form.entry) / form.pitch;
    return Number.isInteger(index) && index >= 0 && index < count ? index : undefined;
  }

  passedBy(index: number): number {
    return this.#init.form.passes(this.#structureOf(index), this.#init.identityOf(index));
  }

  retarget(index: number, target: number): void {
    const { form, process } = this.#init;
    const address = this.#structureOf(index);
    process.memory.protect(address, form.pitch, PageRights.readWrite);
    process.memory.write(address, this.#structure(index, target, true));
    process.memory.protect(address, form.pitch, PageRights.readExecute);
  }

  #structureOf(index: number): number {
    return this.#base + index * this.#init.form.pitch;
  }

  #structure(index: number, target: number, prepared: boolean): Uint8Array {
    return this.#init.form.write(this.#structureOf(index), this.#init.identityOf(index), target, prepared);
  }

  #commit(length: number): void {
    const { process, form, count, prestub } = this.#init;
    const fill = packedItems(this.#base, form.pitch, count, (index) => this.#structure(index, prestub, false));
    const refused = process.memory.commit(this.#base, length, PageRights.readExecute) ?? process.memory.back(this.#base, length, fill);
    if (refused) throw windowsRefusal('COMMITMENT_LIMIT', 'noRoomForThunks', refused.message);
  }
}
