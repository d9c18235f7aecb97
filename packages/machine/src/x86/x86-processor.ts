import type { EvaluatedMemory } from '../processor/evaluated-memory.ts';
import { bitsFromFloat, floatFromBits } from '../processor/float-bits.ts';
import type { Processor } from '../processor/processor.ts';
import { executeX86 } from './x86-execute.ts';
import { truncate } from './x86-flags.ts';
import { X86State } from './x86-state.ts';

const GENERAL = ['ax', 'cx', 'dx', 'bx', 'sp', 'bp', 'si', 'di'];

/** `eax` and `rax` are number 0, `r8` is 8. */
function generalNumber(register: string): number {
  const index = GENERAL.indexOf(register.slice(1));
  return index >= 0 ? index : Number(register.slice(1));
}

const vectorNumber = (register: string): number => Number(register.slice(3));
const NOTHING_DELAYED = { delayedTarget: () => undefined } as const;

export class X86Processor implements Processor {
  readonly #state: X86State;

  constructor(memory: EvaluatedMemory, is64Bit: boolean, stackPointer: number) {
    this.#state = new X86State(memory, is64Bit, stackPointer);
  }

  get ip(): number {
    return this.#state.ip;
  }

  set ip(address: number) {
    this.#state.ip = address;
  }

  get stackPointer(): number {
    return Number(this.#state.registers[4]);
  }

  set stackPointer(address: number) {
    this.#state.registers[4] = BigInt(address);
  }

  /** `st0` has the bits of a double. */
  get(register: string): bigint {
    if (register === 'st0') return bitsFromFloat(this.#state.x87[0] ?? 0, 8);
    if (register.startsWith('xmm')) return this.#state.vectors[vectorNumber(register)]!;
    return truncate(this.#state.registers[generalNumber(register)]!, this.#state.pointerWidth);
  }

  set(register: string, bits: bigint): void {
    if (register === 'st0') this.#state.x87.unshift(floatFromBits(bits, 8));
    else if (register.startsWith('xmm')) this.#state.vectors[vectorNumber(register)] = bits;
    else this.#state.registers[generalNumber(register)] = truncate(bits, this.#state.pointerWidth);
  }

  step(): number {
    return executeX86(this.#state, NOTHING_DELAYED);
  }

  linkReturn(address: number): void {
    this.#state.push(BigInt(address));
  }

  leave(popped: number): void {
    this.#state.ip = Number(this.#state.pop());
    this.stackPointer += popped;
  }
}
