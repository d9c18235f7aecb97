import type { AddressSpace } from '../address-space.ts';
import { arm64Row, classOf, operationOf } from '../instructions/arm64/encodings.ts';
import { bits } from '../instructions/arm64/fields/bit-field.ts';
import { isArm64Access } from '../instructions/arm64/flow.ts';
import { Word } from '../instructions/arm64/interpreter/arm64-cpu.ts';
import { Arm64Interpreter } from '../instructions/arm64/interpreter/arm64-interpreter.ts';
import type { Processor } from '../processor/processor.ts';
import { stepInterpreter } from '../processor/step-interpreter.ts';

const HIGH = 2 ** 32;
/** The register that Windows leaves to the thread's block. */
const THREAD_REGISTER = 18;

/** The interpreter of arm64, one instruction at a time. */
export class Arm64Processor implements Processor {
  readonly #interpreter: Arm64Interpreter;

  constructor(space: AddressSpace, stackPointer: number) {
    this.#interpreter = new Arm64Interpreter({ space });
    this.stackPointer = stackPointer;
  }

  get ip(): number {
    return this.#interpreter.ip;
  }

  set ip(address: number) {
    this.#interpreter.ip = address;
  }

  get stackPointer(): number {
    return Number(this.#register(Word.sp));
  }

  set stackPointer(address: number) {
    this.#setRegister(Word.sp, BigInt(address));
  }

  get(register: string): bigint {
    const number = Number(register.slice(1));
    if (!register.startsWith('v')) return this.#register(number * 2);
    const { unsigned64 } = this.#interpreter.cpu;
    return (unsigned64[number * 2 + 1]! << 64n) | unsigned64[number * 2]!;
  }

  set(register: string, value: bigint): void {
    const number = Number(register.slice(1));
    const { unsigned64 } = this.#interpreter.cpu;
    if (register.startsWith('v')) {
      unsigned64[number * 2] = value;
      unsigned64[number * 2 + 1] = value >> 64n;
    } else this.#setRegister(number * 2, value);
  }

  step(): number {
    return stepInterpreter(this.#interpreter);
  }

  linkReturn(address: number): void {
    this.#setRegister(Word.link, BigInt(address));
  }

  leave(popped: number): void {
    this.ip = Number(this.#register(Word.link));
    this.stackPointer += popped;
  }

  beginJournal(): void {
    this.#interpreter.cpu.beginJournal();
  }

  rollBack(): void {
    this.#interpreter.cpu.rollBack();
  }

  #register(word: number): bigint {
    const { words } = this.#interpreter.cpu;
    return BigInt((words[word + 1]! >>> 0) * HIGH) + BigInt(words[word]! >>> 0);
  }

  #setRegister(word: number, value: bigint): void {
    const { words } = this.#interpreter.cpu;
    words[word] = Number(BigInt.asIntN(32, value));
    words[word + 1] = Number(BigInt.asIntN(32, value >> 32n));
  }
}

/** Whether the first instruction accesses memory by x18, or moves it to another register for one that will. */
export function usesThreadRegister(code: Uint8Array): boolean {
  if (code.length < 4) return false;
  const word = new DataView(code.buffer, code.byteOffset).getInt32(0, true);
  const row = arm64Row(word);
  if (row < 0) return false;
  const [base, other] = [bits(word, 5, 5), bits(word, 16, 5)];
  if (isArm64Access(row)) return base === THREAD_REGISTER;
  return operationOf(row) === 'orr' && classOf(row) === 'logicalRegister' && other === THREAD_REGISTER;
}
