import { UsageError } from './bad-image-error.ts';

const encoder = new TextEncoder();

/** A growing little-endian buffer: the twin of `ByteReader`. */
export class ByteWriter {
  #bytes = new Uint8Array(256);
  #view = new DataView(this.#bytes.buffer);
  #length = 0;

  get length(): number {
    return this.#length;
  }

  /** A copy of what was written. */
  toBytes(): Uint8Array {
    return this.#bytes.slice(0, this.#length);
  }

  /** Reserves `size` more bytes and returns the offset of the first. */
  reserve(size: number): number {
    const start = this.#length;
    const needed = start + size;
    if (needed > this.#bytes.length) {
      const grown = new Uint8Array(Math.max(needed, this.#bytes.length * 2));
      grown.set(this.#bytes.subarray(0, start));
      this.#bytes = grown;
      this.#view = new DataView(grown.buffer);
    }
    this.#length = needed;
    return start;
  }

  u8(value: number): this {
    const start = this.reserve(1);
    this.#view.setUint8(start, value);
    return this;
  }

  u16(value: number): this {
    const start = this.reserve(2);
    this.#view.setUint16(start, value, true);
    return this;
  }

  u32(value: number): this {
    const start = this.reserve(4);
    this.#view.setUint32(start, value, true);
    return this;
  }

  u64(value: bigint | number): this {
    const start = this.reserve(8);
    this.#view.setBigUint64(start, BigInt(value), true);
    return this;
  }

  f32(value: number): this {
    const start = this.reserve(4);
    this.#view.setFloat32(start, value, true);
    return this;
  }

  f64(value: number): this {
    const start = this.reserve(8);
    this.#view.setFloat64(start, value, true);
    return this;
  }

  bytes(bytes: ArrayLike<number>): this {
    const start = this.reserve(bytes.length);
    this.#bytes.set(bytes, start);
    return this;
  }

  utf8(text: string): this {
    return this.bytes(encoder.encode(text));
  }

  cstring(text: string): this {
    return this.utf8(text).u8(0);
  }

  utf16(text: string): this {
    for (let index = 0; index < text.length; index++) this.u16(text.charCodeAt(index));
    return this;
  }

  fill(length: number, value = 0): this {
    const start = this.reserve(length);
    this.#bytes.fill(value, start, start + length);
    return this;
  }

  align(alignment: number, value = 0): this {
    return this.fill((alignment - (this.#length % alignment)) % alignment, value);
  }

  /** Overwrites four bytes that were written before. */
  patchU32(offset: number, value: number): this {
    if (offset + 4 > this.#length) throw new UsageError(`Nothing was written at ${offset}`);
    this.#view.setUint32(offset, value, true);
    return this;
  }

  /** ECMA-335 II.23.2: the shortest of the three forms. */
  compressedUnsigned(value: number): this {
    if (!(value >= 0 && value <= 0x1fffffff)) throw new UsageError(`${value} does not fit a compressed integer`);
    if (value < 0x80) return this.u8(value);
    if (value < 0x4000) return this.u8(0x80 | (value >> 8)).u8(value & 0xff);
    return this.u8(0xc0 | (value >>> 24))
      .u8((value >>> 16) & 0xff)
      .u8((value >>> 8) & 0xff)
      .u8(value & 0xff);
  }

  /** ECMA-335 II.23.2: the sign is rotated into bit 0. */
  compressedSigned(value: number): this {
    for (const [width, prefix] of [
      [7, 0],
      [14, 0x80],
      [29, 0xc0],
    ] as const) {
      const half = 2 ** (width - 1);
      if (value < -half || value >= half) continue;
      const rotated = (value & (half - 1)) * 2 + (value < 0 ? 1 : 0);
      if (width === 7) return this.u8(rotated);
      if (width === 14) return this.u8(prefix | (rotated >> 8)).u8(rotated & 0xff);
      return this.u8(prefix | (rotated >>> 24))
        .u8((rotated >>> 16) & 0xff)
        .u8((rotated >>> 8) & 0xff)
        .u8(rotated & 0xff);
    }
    throw new UsageError(`${value} does not fit a compressed signed integer`);
  }
}
