import { type EvaluatedMemory, integerOf } from '../processor/evaluated-memory.ts';

/** Arm ARM B1.2: registers and condition flags of one evaluation over a memory. */
export class Arm64State {
  readonly registers: bigint[] = Array<bigint>(31).fill(0n);
  readonly vectors: bigint[] = Array<bigint>(32).fill(0n);
  readonly flags = { negative: false, zero: false, carry: false, overflow: false };
  readonly #memory: EvaluatedMemory;
  stackPointer: bigint;
  ip = 0;

  constructor(memory: EvaluatedMemory, stackPointer: number) {
    this.#memory = memory;
    this.stackPointer = BigInt(stackPointer);
  }

  instruction(): number {
    const bytes = this.#memory.code(this.ip, 4);
    return new DataView(bytes.buffer, bytes.byteOffset).getUint32(0, true);
  }

  /** Register 31 reads as zero. */
  register(number: number): bigint {
    return number === 31 ? 0n : this.registers[number]!;
  }

  setRegister(number: number, value: bigint, bits: 32 | 64): void {
    if (number !== 31) this.registers[number] = BigInt.asUintN(bits, value);
  }

  /** Register 31 is the stack pointer. */
  base(number: number): bigint {
    return number === 31 ? this.stackPointer : this.registers[number]!;
  }

  setBase(number: number, value: bigint, bits: 32 | 64 = 64): void {
    if (number === 31) this.stackPointer = BigInt.asUintN(bits, value);
    else this.setRegister(number, value, bits);
  }

  read(address: bigint, bytes: number): bigint {
    return integerOf(this.#memory.readBytes(Number(address), bytes));
  }

  write(address: bigint, value: bigint, bytes: number): void {
    const out = Uint8Array.from({ length: bytes }, (_, index) => Number((value >> BigInt(index * 8)) & 0xffn));
    this.#memory.writeBytes(Number(address), out);
  }
}
