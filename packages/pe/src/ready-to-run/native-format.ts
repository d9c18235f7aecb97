import { type ByteReader, hex } from '@ijw/binary';

/*
 * The arrays and hash tables of ReadyToRun images (dotnet/runtime `docs/design/coreclr/botr/readytorun-format.md`, "Native Format";
 * `src/coreclr/tools/Common/Internal/NativeFormat`). Offsets are from the start of the section that a reader is over.
 */

/** An unsigned number in 1 to 5 bytes: the ones at the end of the first byte tell how many follow. */
export function readNativeUnsigned(reader: ByteReader): number {
  const start = reader.position;
  const first = reader.u8();
  if ((first & 1) === 0) return first >>> 1;
  if ((first & 2) === 0) return (first >>> 2) | (reader.u8() << 6);
  if ((first & 4) === 0) return (first >>> 3) | (reader.u16() << 5);
  if ((first & 8) === 0) return (first >>> 4) | (reader.u16() << 4) | (reader.u8() << 20);
  if ((first & 16) === 0) return reader.u32();
  throw reader.error('BAD_NATIVE_INTEGER', `${hex(first)} is not the first byte of an integer`, start);
}

/** The same with a sign. */
export function readNativeSigned(reader: ByteReader): number {
  const start = reader.position;
  const first = reader.u8();
  if ((first & 1) === 0) return (first << 24) >> 25;
  if ((first & 2) === 0) return (first >>> 2) | (reader.i8() << 6);
  if ((first & 4) === 0) return (first >>> 3) | (reader.i16() << 5);
  if ((first & 8) === 0) return (first >>> 4) | (reader.u16() << 4) | (reader.i8() << 20);
  if ((first & 16) === 0) return reader.i32();
  throw reader.error('BAD_NATIVE_INTEGER', `${hex(first)} is not the first byte of an integer`, start);
}

const uintAt = (reader: ByteReader, offset: number, size: number): number => {
  reader.position = offset;
  return size === 1 ? reader.u8() : size === 2 ? reader.u16() : reader.u32();
};

/** Elements lie in trees of this many. */
const BLOCK = 16;

/** A sparse array of what a program made of bytes: each element is found through a tree of its block. */
export class NativeArray {
  readonly count: number;
  readonly #reader: ByteReader;
  readonly #base: number;
  readonly #indexSize: number;

  /** @throws BadImageError */
  constructor(reader: ByteReader) {
    this.#reader = reader;
    reader.position = 0;
    const header = readNativeUnsigned(reader);
    this.count = header >>> 2;
    this.#indexSize = 1 << Math.min(header & 3, 2);
    this.#base = reader.position;
  }

  /** Where an element is; `undefined` where the array has none at the index. @throws BadImageError */
  offsetOf(index: number): number | undefined {
    if (!(index >= 0 && index < this.count)) return undefined;
    const reader = this.#reader;
    let offset = this.#base + uintAt(reader, this.#base + this.#indexSize * Math.floor(index / BLOCK), this.#indexSize);
    for (let bit = BLOCK >> 1; bit > 0; bit >>= 1) {
      reader.position = offset;
      const value = readNativeUnsigned(reader);
      const goesRight = (index & bit) !== 0;
      if (goesRight && (value & 2) !== 0) offset += value >>> 2;
      else if (!goesRight && (value & 1) !== 0) offset = reader.position;
      else return (value & 3) === 0 && value >>> 2 === (index & (BLOCK - 1)) ? reader.position : undefined;
    }
    return offset;
  }
}

/**
 * Where the entries of a hash table are, bucket by bucket. No more entries are given than the section has bytes.
 * @throws BadImageError where an entry cannot be found
 */
export function* nativeHashtableEntries(reader: ByteReader): Generator<number, void> {
  reader.position = 0;
  const header = reader.u8();
  const indexSize = 1 << Math.min(header & 3, 2);
  const buckets = 2 ** (header >>> 2);
  reader.count(buckets + 1, indexSize);
  const base = reader.position;
  let left = reader.length;
  for (let bucket = 0; bucket < buckets; bucket++) {
    const end = base + uintAt(reader, base + (bucket + 1) * indexSize, indexSize);
    let at = base + uintAt(reader, base + bucket * indexSize, indexSize);
    while (at < end && left-- > 0) {
      // The lower byte of the hash code.
      reader.position = at + 1;
      const delta = readNativeSigned(reader);
      const next = reader.position;
      yield at + 1 + delta;
      at = next;
    }
  }
}
