import { ByteReader, ByteWriter, lazyFor } from '@ijw/binary';
import type { FileOffset } from '../address.ts';
import type { PEImage } from '../pe-image.ts';

/** One tool that made objects of the image, and how many. */
export interface RichEntry {
  /** Which tool (compiler, assembler, resource compiler, linker) of which version. */
  readonly productId: number;
  /** Its build number. */
  readonly build: number;
  readonly count: number;
}

/** The data that Microsoft's linker writes between the DOS program and the PE header. Microsoft does not document it. */
export interface RichHeader {
  readonly offset: FileOffset;
  /** In bytes, from `DanS` to the key. */
  readonly size: number;
  /** The value that all of it is XORed with, which is a checksum of the DOS header and the entries. */
  readonly key: number;
  readonly computedKey: number;
  readonly entries: readonly RichEntry[];
}

const RICH = 0x68636952;
const DANS = 0x536e6144;
/** `DanS` and three words of padding. */
const PROLOGUE = 16;
/** e_lfanew is not summed: it is set after the header is written. */
const LFANEW = 0x3c;

const rotateLeft = (value: number, count: number): number => {
  const bits = count & 31;
  return bits === 0 ? value >>> 0 : ((value << bits) | (value >>> (32 - bits))) >>> 0;
};

/** The linker's checksum: offset, the bytes before it rotated by their position, and each entry rotated by its count. */
function richKey(bytes: Uint8Array, offset: FileOffset, entries: readonly RichEntry[]): number {
  let key = offset;
  for (let index = 0; index < offset; index++) {
    if (index < LFANEW || index >= LFANEW + 4) key += rotateLeft(bytes[index]!, index);
    key = key >>> 0;
  }
  for (const { productId, build, count } of entries) key = (key + rotateLeft(((productId << 16) | build) >>> 0, count)) >>> 0;
  return key;
}

/** Walks back from the PE header: word by word to `Rich`, then by pairs to `DanS`. */
function findRich(reader: ByteReader): { start: number; end: number; key: number } | undefined {
  const wordAt = (position: number): number => {
    reader.position = position;
    return reader.u32();
  };
  let end = reader.length - (reader.length % 4) - 8;
  while (end >= 0 && wordAt(end) !== RICH) end -= 4;
  if (end < 0) return undefined;
  const key = wordAt(end + 4);
  for (let start = end - 8; start >= 0; start -= 8) {
    if ((wordAt(start) ^ key) >>> 0 === DANS) return { start, end, key };
  }
  return undefined;
}

/** The Rich header; `undefined` if the file has none. `key` and `computedKey` differ where the header was changed after linking. */
export const readRichHeader = lazyFor((image: PEImage): RichHeader | undefined => {
  const before = image.bytes.subarray(0, Math.min(image.signatureOffset, image.bytes.length));
  const reader = new ByteReader(before, { reading: 'the Rich header' });
  const found = findRich(reader);
  if (found === undefined) return undefined;
  const entries: RichEntry[] = [];
  for (let position = found.start + PROLOGUE; position + 8 <= found.end; position += 8) {
    reader.position = position;
    const tool = (reader.u32() ^ found.key) >>> 0;
    const count = (reader.u32() ^ found.key) >>> 0;
    entries.push({ productId: tool >>> 16, build: tool & 0xffff, count });
  }
  const computedKey = richKey(image.bytes, found.start, entries);
  return { offset: found.start, size: found.end + 8 - found.start, key: found.key, computedKey, entries };
});

/** The twin: the header for an image whose bytes before it are `before`; its key is computed when not given. */
export function writeRichHeader(
  entries: readonly RichEntry[],
  before: Uint8Array,
  key = richKey(before, before.length, entries),
): Uint8Array {
  const writer = new ByteWriter();
  const encrypted = (value: number): ByteWriter => writer.u32((value ^ key) >>> 0);
  encrypted(DANS);
  for (let index = 0; index < 3; index++) encrypted(0);
  for (const { productId, build, count } of entries) {
    encrypted(((productId << 16) | build) >>> 0);
    encrypted(count);
  }
  return writer.u32(RICH).u32(key).toBytes();
}
