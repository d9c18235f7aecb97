import { PAGE_SIZE, type PageFill } from '@ijw/machine';

/**
 * Fills pages of an array: `count` items of `size` bytes from `base` on, each made when a page that it reaches into is touched. An item may be shorter
 * than its room.
 */
export const packedItems =
  (base: number, size: number, count: number, bytesOf: (index: number) => Uint8Array): PageFill =>
  (page, address) => {
    const first = Math.max(0, Math.floor((address - base) / size));
    const end = Math.min(count, Math.ceil((address + PAGE_SIZE - base) / size));
    for (let index = first; index < end; index++) {
      const at = base + index * size - address;
      const cut = Math.max(0, -at);
      page.set(bytesOf(index).subarray(cut, Math.max(cut, PAGE_SIZE - at)), at + cut);
    }
  };
