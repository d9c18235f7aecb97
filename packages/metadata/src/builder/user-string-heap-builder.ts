import { ByteWriter } from '@ijw/binary';
import { BlobHeapBuilder } from './blob-heap-builder.ts';

/** The characters below 0x100 that make the last byte 1 (ECMA-335 II.24.2.4). */
const isSpecial = (code: number): boolean =>
  code > 0xff || (code >= 0x01 && code <= 0x08) || (code >= 0x0e && code <= 0x1f) || code === 0x27 || code === 0x2d || code === 0x7f;

/** What the #US heap stores for a string, without the length: UTF-16 and the byte that tells of special characters. */
export function encodeUserString(text: string): Uint8Array {
  let special = 0;
  for (let index = 0; index < text.length; index++) if (isSpecial(text.charCodeAt(index))) special = 1;
  return new ByteWriter().utf16(text).u8(special).toBytes();
}

/** The twin of `UserStringHeap`. Equal strings share an offset. */
export class UserStringHeapBuilder {
  readonly #blobs = new BlobHeapBuilder();

  get size(): number {
    return this.#blobs.size;
  }

  /** The offset of a string, which is added when it is new: the low 24 bits of an `ldstr` token. */
  add(text: string): number {
    return this.#blobs.add(encodeUserString(text));
  }

  /** Adds a blob as it is. */
  addBytes(bytes: Uint8Array): number {
    return this.#blobs.add(bytes);
  }

  toBytes(): Uint8Array {
    return this.#blobs.toBytes();
  }
}
