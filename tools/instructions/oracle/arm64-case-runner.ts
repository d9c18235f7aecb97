import { AddressSpace, PageRights } from '@ijw/machine';
import { Arm64Interpreter } from '@ijw/machine/instructions';
import { Word } from '../../../packages/machine/src/instructions/arm64/interpreter/arm64-cpu.ts';
import {
  ADDRESS,
  ARM64_CASE_SIZE,
  DATA_BASE,
  DATA_SIZE,
  MEMORY,
  MEMORY_OFFSET,
  MEMORY_SIZE,
  NZCV,
  REGISTERS,
  SIGNAL,
  STACK_POINTER,
  VECTORS,
} from './arm64-case.ts';

const CODE_BASE = 0x200_0000;
const STEP = 8;
const BRK = 0xd4200000;
const SIGILL = 4;
const SIGBUS = 7;
const SIGSEGV = 11;
const SIGNALS: Readonly<Record<string, number>> = { 'invalid-opcode': SIGILL, alignment: SIGBUS };
const OTHER = 255;

/** Runs cases in the interpreter and says what differs from the oracle's answer. */
export class Arm64CaseRunner {
  readonly #space = new AddressSpace({ windowBase: 0 });
  readonly #interpreter: Arm64Interpreter;

  constructor(samples: readonly number[]) {
    const code = new Uint8Array(Uint32Array.from(samples.flatMap((word) => [word, BRK])).buffer);
    this.#map(CODE_BASE, code, PageRights.readExecute);
    this.#map(DATA_BASE, new Uint8Array(DATA_SIZE), PageRights.readWrite);
    this.#interpreter = new Arm64Interpreter({ space: this.#space });
  }

  #map(base: number, bytes: Uint8Array, rights: number): void {
    this.#space.reserve(bytes.length, base);
    this.#space.commit(base, bytes.length, PageRights.readWrite);
    this.#space.write(base, bytes);
    this.#space.protect(base, bytes.length, rights);
  }

  /** `before` is a case, `after` the oracle's answer. Undefined where they agree. */
  difference(index: number, before: Uint8Array, after: Uint8Array): string | undefined {
    const own = this.run(index, before);
    const wrong: string[] = [];
    const [mine, theirs] = [own, after].map((bytes) => new DataView(bytes.buffer, bytes.byteOffset, ARM64_CASE_SIZE)) as [
      DataView,
      DataView,
    ];
    const differ = (what: string, at: number): void => {
      const [left, right] = [mine.getBigUint64(at, true), theirs.getBigUint64(at, true)];
      if (left !== right) wrong.push(`${what} ${left.toString(16)} is ${right.toString(16)}`);
    };
    if (mine.getUint32(SIGNAL, true) !== theirs.getUint32(SIGNAL, true))
      wrong.push(`signal ${mine.getUint32(SIGNAL, true)} is ${theirs.getUint32(SIGNAL, true)}`);
    else if (mine.getUint32(SIGNAL, true) === SIGSEGV) differ('fault', ADDRESS);
    for (let at = REGISTERS; at < STACK_POINTER; at += 8) differ(`x${(at - REGISTERS) / 8}`, at);
    differ('sp', STACK_POINTER);
    differ('nzcv', NZCV);
    // Of a load that faults, the manual leaves open what its registers hold (Arm ARM D1.3.6); here they stay.
    if (theirs.getUint32(SIGNAL, true) === 0) for (let at = VECTORS; at < MEMORY; at += 8) differ(`v${(at - VECTORS) / 16}`, at);
    for (let at = MEMORY; at < ARM64_CASE_SIZE; at += 8) differ(`memory+${at - MEMORY}`, at);
    return wrong.length === 0 ? undefined : wrong.join('; ');
  }

  /** What becomes of a case, in the layout of the case. */
  run(index: number, before: Uint8Array): Uint8Array {
    const { cpu } = this.#interpreter;
    this.#load(before);
    const address = CODE_BASE + index * STEP;
    this.#interpreter.ip = address;
    const exit = this.#interpreter.run(2);
    const after = before.slice();
    const view = new DataView(after.buffer);
    const isDone = exit.kind === 'exception' && exit.exception === 'breakpoint' && exit.ip === address + 4;
    if (!isDone) {
      const signal = exit.kind === 'fault' ? SIGSEGV : exit.kind === 'exception' ? (SIGNALS[exit.exception] ?? OTHER) : OTHER;
      view.setUint32(SIGNAL, signal, true);
      if (exit.kind === 'fault') view.setBigUint64(ADDRESS, BigInt(exit.fault.address), true);
    }
    for (let word = 0; word < 62; word++) view.setInt32(REGISTERS + word * 4, cpu.words[word]!, true);
    view.setInt32(STACK_POINTER, cpu.words[Word.sp]!, true);
    view.setInt32(STACK_POINTER + 4, cpu.words[Word.sp + 1]!, true);
    view.setUint32(NZCV, cpu.nzcv >>> 0, true);
    after.set(cpu.vectorBytes.subarray(0, 512), VECTORS);
    after.set(cpu.space.flat.bytes.subarray(DATA_BASE + MEMORY_OFFSET, DATA_BASE + MEMORY_OFFSET + MEMORY_SIZE), MEMORY);
    return after;
  }

  #load(bytes: Uint8Array): void {
    const { cpu } = this.#interpreter;
    const view = new DataView(bytes.buffer, bytes.byteOffset, ARM64_CASE_SIZE);
    for (let word = 0; word < 62; word++) cpu.words[word] = view.getInt32(REGISTERS + word * 4, true);
    cpu.words[Word.sp] = view.getInt32(STACK_POINTER, true);
    cpu.words[Word.sp + 1] = view.getInt32(STACK_POINTER + 4, true);
    cpu.nzcv = view.getUint32(NZCV, true) | 0;
    cpu.exclusive = -1;
    cpu.vectorBytes.set(bytes.subarray(VECTORS, MEMORY));
    const data = cpu.space.flat.bytes.subarray(DATA_BASE, DATA_BASE + DATA_SIZE);
    data.fill(0);
    data.set(bytes.subarray(MEMORY, MEMORY + MEMORY_SIZE), MEMORY_OFFSET);
  }
}
