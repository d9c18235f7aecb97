import type { EvaluatedMemory } from '../processor/evaluated-memory.ts';
import type { Processor } from '../processor/processor.ts';
import { executeArm64 } from './arm64-execute.ts';
import { Arm64State } from './arm64-state.ts';

const LINK = 30;

export class Arm64Processor implements Processor {
  readonly #state: Arm64State;

  constructor(memory: EvaluatedMemory, stackPointer: number) {
    this.#state = new Arm64State(memory, stackPointer);
  }

  get ip(): number {
    return this.#state.ip;
  }

  set ip(address: number) {
    this.#state.ip = address;
  }

  get stackPointer(): number {
    return Number(this.#state.stackPointer);
  }

  set stackPointer(address: number) {
    this.#state.stackPointer = BigInt(address);
  }

  get(register: string): bigint {
    const number = Number(register.slice(1));
    return register.startsWith('v') ? this.#state.vectors[number]! : this.#state.registers[number]!;
  }

  set(register: string, bits: bigint): void {
    const number = Number(register.slice(1));
    if (register.startsWith('v')) this.#state.vectors[number] = bits;
    else this.#state.setRegister(number, bits, 64);
  }

  step(): number {
    executeArm64(this.#state);
    return 1;
  }

  linkReturn(address: number): void {
    this.#state.registers[LINK] = BigInt(address);
  }

  leave(popped: number): void {
    this.#state.ip = Number(this.#state.registers[LINK]);
    this.stackPointer += popped;
  }
}
