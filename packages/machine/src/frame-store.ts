import { PAGE_SIZE } from './page.ts';

const WASM_PAGE = 0x10000;
const FRAMES_PER_WASM_PAGE = WASM_PAGE / PAGE_SIZE;
/** A WebAssembly memory of 32-bit addresses ends at 4 GiB. */
const WASM_PAGE_LIMIT = 0x10000;

/**
 * The frames of 4 KiB that hold committed pages, all inside one `WebAssembly.Memory`. A frame is given out on the first touch of a page and
 * comes back zeroed. Growing the memory detaches every view of it, so views are asked for here and not kept.
 */
export class FrameStore {
  readonly memory = new WebAssembly.Memory({ initial: 0, maximum: WASM_PAGE_LIMIT });
  readonly #free: number[] = [];
  #bytes = new Uint8Array(this.memory.buffer);
  #view = new DataView(this.memory.buffer);
  #used = 0;

  /** Bytes of the memory, valid until the next frame is taken. */
  get bytes(): Uint8Array {
    return this.#bytes;
  }

  get view(): DataView {
    return this.#view;
  }

  /** The bytes of a frame, valid until the next frame is taken. */
  page(frame: number): Uint8Array {
    return this.#bytes.subarray(frame * PAGE_SIZE, (frame + 1) * PAGE_SIZE);
  }

  /** Frames in use. */
  get used(): number {
    return this.#used;
  }

  /** A zeroed frame's number, or `undefined` when the memory is at its end. */
  take(): number | undefined {
    const frame = this.#free.pop() ?? this.#grow();
    if (frame !== undefined) this.#used++;
    return frame;
  }

  give(frame: number): void {
    this.#bytes.fill(0, frame * PAGE_SIZE, (frame + 1) * PAGE_SIZE);
    this.#free.push(frame);
    this.#used--;
  }

  #grow(): number | undefined {
    const first = this.#bytes.length / PAGE_SIZE;
    const wasmPages = Math.max(1, Math.floor(this.#bytes.length / WASM_PAGE / 8));
    const grown = Math.min(wasmPages, WASM_PAGE_LIMIT - this.#bytes.length / WASM_PAGE);
    if (grown <= 0 || !this.#growMemory(grown)) return undefined;
    this.#bytes = new Uint8Array(this.memory.buffer);
    this.#view = new DataView(this.memory.buffer);
    for (let index = grown * FRAMES_PER_WASM_PAGE - 1; index > 0; index--) this.#free.push(first + index);
    return first;
  }

  /** The engine throws a `RangeError` where it cannot give more memory; that is an answer here. */
  #growMemory(wasmPages: number): boolean {
    try {
      this.memory.grow(wasmPages);
      return true;
    } catch {
      return false;
    }
  }
}
