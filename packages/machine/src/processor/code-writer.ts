import { ByteWriter } from '@ijw/binary';

/** Bytes of machine code from pieces: numbers are single bytes, `u32` and `u64` are little-endian words. */
export class CodeWriter extends ByteWriter {
  op(...opcodes: readonly number[]): this {
    return this.bytes(opcodes);
  }

  /** A displacement relative to the end of itself, which stands at `address`. */
  relative32(address: number, target: number): this {
    return this.u32((target - (address + this.length + 4)) >>> 0);
  }

  pad(size: number, fill: number): Uint8Array {
    return this.fill(size - this.length, fill).toBytes();
  }
}
