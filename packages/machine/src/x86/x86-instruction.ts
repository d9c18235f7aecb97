import { truncate, type Width } from './x86-flags.ts';
import type { X86State } from './x86-state.ts';

/** A register or a place in memory. */
export type Operand = { readonly register: number } | { readonly address: bigint };

/** Reads one instruction, byte by byte: prefixes, opcode, ModR/M and immediates (Intel SDM volume 2, chapter 2). */
export class Instruction {
  readonly state: X86State;
  readonly start: number;
  rex = 0;
  operandSize16 = false;
  /** What it counts for: a repeated string instruction for each repetition. */
  steps = 1;
  /** F2 or F3, which some opcodes are another instruction with. */
  mandatoryPrefix: 0xf2 | 0xf3 | undefined;

  constructor(state: X86State) {
    this.state = state;
    this.start = state.ip;
  }

  get hasRex(): boolean {
    return this.rex !== 0;
  }

  get width(): Width {
    if (this.rex & 8) return 64;
    return this.operandSize16 ? 16 : 32;
  }

  u8(): number {
    const [byte] = this.state.code(1);
    this.state.ip++;
    return byte!;
  }

  immediate(width: Width): bigint {
    let value = 0n;
    for (let index = 0; index < width / 8; index++) value |= BigInt(this.u8()) << BigInt(index * 8);
    return BigInt.asIntN(width, value);
  }

  /** Iz: 16 or 32 bits, sign-extended to 64. */
  immediateZ(): bigint {
    return this.immediate(this.operandSize16 ? 16 : 32);
  }

  /** Skips what changes nothing here, keeps REX, 66, F2 and F3. Segments other than the flat ones are not known. */
  opcode(): number {
    for (;;) {
      const byte = this.u8();
      if (byte === 0x66) this.operandSize16 = true;
      else if (byte === 0xf2 || byte === 0xf3) this.mandatoryPrefix = byte;
      else if (this.state.is64Bit && byte >= 0x40 && byte <= 0x4f) {
        this.rex = byte;
        return this.u8();
      } else if (![0x2e, 0x36, 0x3e, 0x26].includes(byte)) return byte;
    }
  }

  /** ModR/M: the reg field and the operand. */
  modrm(): { readonly reg: number; readonly operand: Operand } {
    const byte = this.u8();
    const reg = ((byte >> 3) & 7) | ((this.rex & 4) << 1);
    if (byte >> 6 === 3) return { reg, operand: { register: (byte & 7) | ((this.rex & 1) << 3) } };
    return { reg, operand: { address: this.#address(byte >> 6, byte & 7) } };
  }

  get(operand: Operand, width: Width): bigint {
    if ('register' in operand) return this.state.register(operand.register, width, this.hasRex);
    return this.state.read(operand.address, width);
  }

  set(operand: Operand, value: bigint, width: Width): void {
    if ('register' in operand) this.state.setRegister(operand.register, value, width, this.hasRex);
    else this.state.write(operand.address, truncate(value, width), width);
  }

  #address(mode: number, rm: number): bigint {
    const { state } = this;
    if (mode === 0 && rm === 5) return this.#displacementOnly();
    const base = rm === 4 ? this.#scaled(mode) : state.registers[rm | ((this.rex & 1) << 3)]!;
    const displacement = mode === 1 ? this.immediate(8) : mode === 2 ? this.immediate(32) : 0n;
    return truncate(base + displacement, state.pointerWidth);
  }

  /** Absolute in 32-bit code; relative to the next instruction in 64-bit code, whose immediates the caller has still to read. */
  #displacementOnly(): bigint {
    const displacement = this.immediate(32);
    if (!this.state.is64Bit) return truncate(displacement, 32);
    return BigInt(this.state.ip + this.pendingImmediate) + displacement;
  }

  /** Bytes of immediate that follow ModR/M. */
  pendingImmediate = 0;

  #scaled(mode: number): bigint {
    const byte = this.u8();
    const index = ((byte >> 3) & 7) | ((this.rex & 2) << 2);
    const base = (byte & 7) | ((this.rex & 1) << 3);
    const scaled = index === 4 ? 0n : this.state.registers[index]! << BigInt(byte >> 6);
    return scaled + ((byte & 7) === 5 && mode === 0 ? this.immediate(32) : this.state.registers[base]!);
  }
}
