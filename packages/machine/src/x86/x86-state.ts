import { type EvaluatedMemory, integerOf } from '../processor/evaluated-memory.ts';
import { type Flags, truncate, type Width } from './x86-flags.ts';

/** Where an entry point returns to. */
export const RETURN_ADDRESS = 0x10;

/** Registers and flags of one evaluation over a memory. */
export class X86State {
  readonly registers: bigint[] = Array<bigint>(16).fill(0n);
  /** xmm0 to xmm15, 128 bits each. */
  readonly vectors: bigint[] = Array<bigint>(16).fill(0n);
  /** The x87 stack, its top first, at the precision that Windows sets: that of a double. */
  readonly x87: number[] = [];
  readonly flags: Flags = { zero: false, sign: false, carry: false, overflow: false };
  readonly is64Bit: boolean;
  readonly #memory: EvaluatedMemory;
  ip = 0;

  constructor(memory: EvaluatedMemory, is64Bit: boolean, stackPointer: number) {
    this.#memory = memory;
    this.is64Bit = is64Bit;
    this.registers[4] = BigInt(stackPointer);
  }

  get pointerWidth(): Width {
    return this.is64Bit ? 64 : 32;
  }

  code(length: number): Uint8Array {
    return this.#memory.code(this.ip, length);
  }

  read(address: bigint, width: number): bigint {
    return integerOf(this.#memory.readBytes(Number(address), width / 8));
  }

  write(address: bigint, value: bigint, width: number): void {
    const bytes = Uint8Array.from({ length: width / 8 }, (_, index) => Number((value >> BigInt(index * 8)) & 0xffn));
    this.#memory.writeBytes(Number(address), bytes);
  }

  push(value: bigint): void {
    this.registers[4] = truncate(this.registers[4]! - BigInt(this.pointerWidth / 8), this.pointerWidth);
    this.write(this.registers[4]!, truncate(value, this.pointerWidth), this.pointerWidth);
  }

  pop(): bigint {
    const value = this.read(this.registers[4]!, this.pointerWidth);
    this.registers[4] = truncate(this.registers[4]! + BigInt(this.pointerWidth / 8), this.pointerWidth);
    return value;
  }

  /** A register's value; 8-bit registers 4 to 7 are AH to BH where no REX prefix stands. */
  register(index: number, width: Width, hasRex: boolean): bigint {
    if (width === 8 && !hasRex && index >= 4 && index < 8) return (this.registers[index - 4]! >> 8n) & 0xffn;
    return truncate(this.registers[index]!, width);
  }

  /** Writing 32 bits clears the upper half, writing fewer keeps the rest. */
  setRegister(index: number, value: bigint, width: Width, hasRex: boolean): void {
    const high = width === 8 && !hasRex && index >= 4 && index < 8;
    const target = high ? index - 4 : index;
    const shift = high ? 8n : 0n;
    const mask = ((1n << BigInt(width)) - 1n) << shift;
    const before = this.registers[target]!;
    this.registers[target] = width >= 32 ? truncate(value, width) : (before & ~mask) | ((value << shift) & mask);
  }
}
