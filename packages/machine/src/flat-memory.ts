import { UnsupportedError } from '@ijw/binary';
import { PAGE_SIZE } from './page.ts';

const WASM_PAGE = 0x10000;
/** A WebAssembly memory of 32-bit addresses ends at 4 GiB. */
const WASM_PAGE_LIMIT = 0x10000;
/** A memory of this size costs a tenth of a millisecond; V8 collects garbage for one that is much larger, or grows to be. */
const INITIAL_WASM_PAGES = 0x14;
/** How far beyond what is needed the memory grows, so that it does not grow for each page. */
const GROWTH = 0x4_0000;

/** Bytes of a window. */
export const WINDOW_SIZE = 2 ** 32;
/** Where the rights of pages lie in the memory: a byte a page. */
const RIGHTS_OFFSET = 0x10000;
/** Below this offset the memory belongs to the host: no page of it is ever a guest's. */
export const HOST_AREA_SIZE = 0x12_0000;

/** A `WebAssembly.Memory`, for readers of the types without those of a browser or of Node. */
export interface GuestMemory {
  readonly buffer: ArrayBuffer;
  grow(pages: number): number;
}

function reserveMemory(): GuestMemory {
  try {
    return new WebAssembly.Memory({ initial: INITIAL_WASM_PAGES, maximum: WASM_PAGE_LIMIT });
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new UnsupportedError('Cannot reserve address space for a guest: V8 needs 10 GiB for each memory (see ulimit -v)', {
      cause: error,
    });
  }
}

/**
 * The bytes of one window of 4 GiB: the byte at guest address A lies at A less the window's base of one `WebAssembly.Memory`, and `rights` says what may be done
 * with it now. A page that was not touched yet has no rights there, so that the first access to it is looked at more closely.
 */
export class FlatMemory {
  readonly memory: GuestMemory;
  /** Bytes and view of the memory. Growing makes new ones. */
  bytes: Uint8Array;
  view: DataView;
  /** By page number in the window. */
  rights: Uint8Array;

  /** @throws UnsupportedError where the engine cannot reserve the address space for another memory (V8 takes 10 GiB for each) */
  constructor() {
    this.memory = reserveMemory();
    this.bytes = new Uint8Array(this.memory.buffer);
    this.view = new DataView(this.memory.buffer);
    this.rights = this.#rights();
  }

  /** Makes the memory reach to `end`. Returns false where the engine has no more. */
  reach(end: number): boolean {
    if (end <= this.bytes.length) return true;
    const wanted = Math.min(WASM_PAGE_LIMIT, Math.ceil((end + GROWTH) / WASM_PAGE));
    try {
      this.memory.grow(wanted - this.bytes.length / WASM_PAGE);
    } catch {
      return false;
    }
    this.bytes = new Uint8Array(this.memory.buffer);
    this.view = new DataView(this.memory.buffer);
    this.rights = this.#rights();
    return true;
  }

  /** The bytes of a page, by its number in the window. Valid until the memory grows. */
  page(number: number): Uint8Array {
    return this.bytes.subarray(number * PAGE_SIZE, (number + 1) * PAGE_SIZE);
  }

  #rights(): Uint8Array {
    return new Uint8Array(this.memory.buffer, RIGHTS_OFFSET, WINDOW_SIZE / PAGE_SIZE);
  }
}
