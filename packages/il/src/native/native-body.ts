import { uint32At } from '../body/little-endian.ts';
import type { NativeDecoder, NativeInstruction } from './platform/native-instruction.ts';
import { rvaOfAddress } from './platform/native-instruction.ts';

/** The code of a body, and the latest end of the body. */
export interface NativeCode {
  /** Of the section, from `windowRva`. */
  readonly bytes: Uint8Array;
  readonly windowRva: number;
  readonly imageBase: bigint;
  /** The body's first instruction. */
  readonly rva: number;
  /** The end that unwind data gives, or the next thing known to start: the body does not go beyond it. */
  readonly limit: number;
  /** Whether the limit is the true end, so that every branch below it stays within the body. */
  readonly limitIsExact: boolean;
}

/** Bytes within a body that no path reaches: tables, padding. */
export interface NativeData {
  readonly rva: number;
  readonly bytes: Uint8Array;
}

/** A function of machine code. */
export interface NativeBody {
  readonly rva: number;
  /** From the first instruction to the end of the last one. */
  readonly size: number;
  /** By RVA. None overlaps another. */
  readonly instructions: readonly NativeInstruction[];
  readonly data: readonly NativeData[];
}

/** No function is longer, in bytes. */
const BODY_LIMIT = 0x100000;
const TABLE_LIMIT = 4096;

/** Follows every path from the first instruction. */
class NativeBodyReader {
  readonly code: NativeCode;
  readonly decoder: NativeDecoder;
  readonly #instructions = new Map<number, NativeInstruction>();
  readonly #covered: Uint8Array;
  readonly #pending: number[] = [];
  readonly #limit: number;
  /** The furthest place that a branch within the body goes to. */
  #furthest: number;
  #table: { readonly rva: number; readonly entries: 'rva' | 'address' } | undefined;

  constructor(code: NativeCode, decoder: NativeDecoder) {
    this.code = code;
    this.decoder = decoder;
    this.#limit = Math.min(code.limit, code.rva + BODY_LIMIT, code.windowRva + code.bytes.length);
    this.#furthest = code.rva;
    this.#covered = new Uint8Array(Math.max(0, this.#limit - code.rva));
  }

  read(): NativeBody {
    const { rva } = this.code;
    this.#pending.push(rva);
    for (let next = this.#pending.pop(); next !== undefined; next = this.#pending.pop()) this.#path(next);
    const instructions = [...this.#instructions.values()].sort((one, other) => one.rva - other.rva);
    const last = instructions.at(-1);
    const size = last === undefined ? 0 : last.rva + last.size - rva;
    return { rva, size, instructions, data: this.#data(size) };
  }

  #path(start: number): void {
    for (let rva = start; this.#canStart(rva); ) {
      const instruction = this.decoder.decode(this.code.bytes, rva - this.code.windowRva, rva);
      const [from, to] = [rva - this.code.rva, rva - this.code.rva + instruction.size];
      if (rva + instruction.size > this.#limit || this.#covered.subarray(from, to).includes(1)) return;
      this.#instructions.set(rva, instruction);
      this.#covered.fill(1, from, to);
      if (!this.#goesOn(instruction)) return;
      rva += instruction.size;
    }
  }

  /** Within the body, and not in an instruction that is there already. */
  #canStart(rva: number): boolean {
    return rva >= this.code.rva && rva < this.#limit && this.#covered[rva - this.code.rva] === 0;
  }

  #goesOn(instruction: NativeInstruction): boolean {
    if (instruction.table !== undefined && instruction.memory !== undefined)
      this.#table = { rva: instruction.memory, entries: instruction.table };
    switch (instruction.flow) {
      case 'condition':
        if (instruction.target !== undefined) this.#reached(instruction.target);
        return true;
      case 'branch':
        if (instruction.target !== undefined && this.#staysWithin(instruction)) this.#reached(instruction.target);
        return false;
      case 'indirectBranch':
        this.#followTable();
        return false;
      case 'return':
      case 'stop':
      case 'invalid':
        return false;
      default:
        return true;
    }
  }

  #reached(target: number): void {
    this.#pending.push(target);
    if (target < this.#limit) this.#furthest = Math.max(this.#furthest, target);
  }

  /** Without the true end, a long jump may as well be a call in tail position; a jump to a place known to be in the body is not. */
  #staysWithin({ target, isShort }: NativeInstruction): boolean {
    return this.code.limitIsExact || isShort === true || target! <= this.#furthest;
  }

  /** The targets of a `switch`: entries of the table last named that are places in this body. */
  #followTable(): void {
    if (this.#table === undefined) return;
    const { bytes, windowRva, imageBase } = this.code;
    const { entries } = this.#table;
    let at = this.#table.rva - windowRva;
    this.#table = undefined;
    for (let count = 0; count < TABLE_LIMIT && at >= 0 && at + 4 <= bytes.length; count++, at += 4) {
      const entry = uint32At(bytes, at);
      const target = entries === 'rva' ? entry : rvaOfAddress(BigInt(entry), imageBase);
      if (target === undefined || target < this.code.rva || target >= this.#limit) return;
      this.#reached(target);
    }
  }

  #data(size: number): NativeData[] {
    const { rva, bytes, windowRva } = this.code;
    const found: NativeData[] = [];
    for (let start = this.#covered.indexOf(0); start >= 0 && start < size; ) {
      const next = this.#covered.indexOf(1, start);
      const end = next < 0 ? size : Math.min(next, size);
      found.push({ rva: rva + start, bytes: bytes.subarray(rva + start - windowRva, rva + end - windowRva) });
      start = next < 0 ? -1 : this.#covered.indexOf(0, next);
    }
    return found;
  }
}

/** Decodes a function by following its paths until all of them end or reach the limit. */
export const readNativeBody = (code: NativeCode, decoder: NativeDecoder): NativeBody => new NativeBodyReader(code, decoder).read();
