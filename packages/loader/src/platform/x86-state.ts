import { type AddressSpace, type Fault, isFault } from '@ijw/machine';
import { type Flags, truncate, type Width } from './x86-flags.ts';

/** The stack of the evaluation: no page of the process, so that it cannot be mistaken for one. */
const STACK_SIZE = 0x10000;
/** Where the entry point returns to. */
export const RETURN_ADDRESS = 0x10;

/** Ends an evaluation: an access that the process's memory does not allow. */
export class NativeFault extends Error {
  override readonly name = 'NativeFault';
  readonly fault: Fault;

  constructor(fault: Fault) {
    super(`${fault.access} at 0x${fault.address.toString(16)}`);
    this.fault = fault;
  }
}

/** Registers, flags and memory of one evaluation. Writes stay aside until `commit`. */
export class X86State {
  readonly registers: bigint[] = Array<bigint>(16).fill(0n);
  readonly flags: Flags = { zero: false, sign: false, carry: false, overflow: false };
  readonly is64Bit: boolean;
  readonly #memory: AddressSpace;
  readonly #stackBase: number;
  readonly #written = new Map<number, number>();
  ip = 0;

  constructor(memory: AddressSpace, is64Bit: boolean) {
    this.#memory = memory;
    this.is64Bit = is64Bit;
    this.#stackBase = is64Bit ? 2 ** 47 + 0x10000 : 0xfff0_0000;
    this.registers[4] = BigInt(this.#stackBase + STACK_SIZE / 2);
  }

  get pointerWidth(): Width {
    return this.is64Bit ? 64 : 32;
  }

  code(length: number): Uint8Array {
    const bytes = this.#memory.fetch(this.ip, length);
    if (isFault(bytes)) throw new NativeFault(bytes);
    return bytes;
  }

  read(address: bigint, width: Width): bigint {
    let value = 0n;
    for (let index = width / 8 - 1; index >= 0; index--) value = (value << 8n) | BigInt(this.#byte(Number(address) + index));
    return value;
  }

  write(address: bigint, value: bigint, width: Width): void {
    const at = Number(address);
    const fault = this.#isStack(at) ? undefined : this.#memory.probe(at, width / 8, 'write');
    if (fault) throw new NativeFault(fault);
    for (let index = 0; index < width / 8; index++) this.#written.set(at + index, Number((value >> BigInt(index * 8)) & 0xffn));
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

  /** Gives the process what was written, the stack excepted. */
  commit(): void {
    for (const [address, value] of this.#written) if (!this.#isStack(address)) this.#memory.writeU8(address, value);
  }

  #byte(address: number): number {
    const written = this.#written.get(address);
    if (written !== undefined) return written;
    if (this.#isStack(address)) return 0;
    const value = this.#memory.readU8(address);
    if (isFault(value)) throw new NativeFault(value);
    return value;
  }

  #isStack(address: number): boolean {
    return address >= this.#stackBase && address < this.#stackBase + STACK_SIZE;
  }
}
