import type { AddressSpace } from '../../../address-space.ts';
import { isFault } from '../../../fault.ts';
import { X86Decoder } from '../decoder.ts';
import { mnemonicText, operandsText } from '../text.ts';
import { type Execute, type MicroOp, microOp } from './micro-op.ts';
import { executeOf } from './operations.ts';
import { X86Cpu } from './x86-cpu.ts';
import { type X86Exit, X86Signal } from './x86-exit.ts';
import { Word } from './x86-state.ts';

const HIGH = 2 ** 32;
const LONGEST = 15;

export interface X86InterpreterOptions {
  readonly space: AddressSpace;
  readonly is64Bit: boolean;
  /** Whether an address belongs to the host: code that reaches it leaves the run. */
  readonly isGate?: (address: number) => boolean;
}

/** Stands for a gate: leaves before anything happens. */
const atGate: Execute = () => {
  throw new X86Signal('interrupt');
};

/**
 * Runs x86 or x64 code of an address space: exactly as many instructions as the budget allows, with every register as the processor would have it
 * where the run ends. An instruction is decoded once and kept until executable memory changes.
 */
export class X86Interpreter {
  readonly cpu: X86Cpu;
  readonly #space: AddressSpace;
  readonly #isGate: (address: number) => boolean;
  readonly #decoder: X86Decoder;
  /** Prepared instructions: by the upper ten bits of their place in the window, the next ten, then by their place in the page. */
  #directory: ((MicroOp | undefined)[] | undefined)[][] = [];
  #codeVersion = 0;

  constructor({ space, is64Bit, isGate = () => false }: X86InterpreterOptions) {
    this.cpu = new X86Cpu(space, is64Bit);
    this.#space = space;
    this.#isGate = isGate;
    this.#decoder = new X86Decoder(is64Bit);
  }

  /** The address of the next instruction. */
  get ip(): number {
    const { words } = this.cpu;
    return (words[Word.ip]! >>> 0) + (words[Word.ip + 1]! >>> 0) * HIGH;
  }

  set ip(address: number) {
    const { words } = this.cpu;
    words[Word.ip] = address | 0;
    words[Word.ip + 1] = Math.floor(address / HIGH);
  }

  /** Runs at most `budget` instructions, or repetitions of string instructions. */
  run(budget: number): X86Exit {
    const { cpu } = this;
    if (this.#codeVersion !== this.#space.codeVersion) {
      this.#directory = [];
      this.#codeVersion = this.#space.codeVersion;
    }
    cpu.refresh();
    cpu.started += budget - cpu.budget;
    cpu.budget = budget;
    cpu.isTaken = false;
    return this.#loop();
  }

  #loop(): X86Exit {
    const { cpu } = this;
    let op: MicroOp | undefined;
    try {
      if (cpu.budget <= 0) return { kind: 'budget', ip: this.ip };
      op = this.#enter(this.ip);
      for (;;) {
        cpu.budget--;
        op.execute(cpu, op);
        if (cpu.budget <= 0) return this.#spent(op);
        if (cpu.isTaken) {
          cpu.isTaken = false;
          op = this.#jumped(op);
        } else op = op.behind ?? this.#follow(op);
      }
    } catch (signal) {
      if (!(signal instanceof X86Signal)) throw signal;
      cpu.isTaken = false;
      return this.#exit(signal, op);
    }
  }

  /** The budget is used: the next instruction is not decoded yet. */
  #spent(op: MicroOp): X86Exit {
    const { cpu } = this;
    if (!cpu.isTaken) this.ip = cpu.addressOf(op.following);
    else this.ip = cpu.isFar ? this.#farAddress : cpu.addressOf(cpu.next);
    cpu.isTaken = false;
    return { kind: 'budget', ip: this.ip };
  }

  get #farAddress(): number {
    return (this.cpu.next >>> 0) + (this.cpu.nextHigh >>> 0) * HIGH;
  }

  #follow(op: MicroOp): MicroOp {
    const behind = this.#at(op.following);
    op.behind = behind;
    return behind;
  }

  /** The operation that a jump of `from` leads to: the last one is kept with it. */
  #jumped(from: MicroOp): MicroOp {
    const { cpu } = this;
    if (cpu.isFar) return this.#enter(this.#farAddress);
    const { target } = from;
    if (target !== undefined && target.address === cpu.next) return target;
    const op = this.#at(cpu.next);
    from.target = op;
    return op;
  }

  /** The operation at any address. What cannot be fetched there leaves with `ip` at the address. */
  #enter(address: number): MicroOp {
    const { space } = this.cpu;
    this.ip = address;
    const distance = address - space.windowBase;
    const at = distance < 0 && !this.cpu.is64Bit ? distance + HIGH : distance;
    if (at < 0 || at >= HIGH) throw new FetchSignal({ kind: 'fault', address, access: 'execute', lacked: 'region' });
    return this.#at(at);
  }

  #at(at: number): MicroOp {
    const op = this.#directory[at >>> 22]?.[(at >>> 12) & 0x3ff]?.[at & 0xfff];
    return op ?? this.#keep(at);
  }

  #keep(at: number): MicroOp {
    const op = this.#decode(at);
    let table = this.#directory[at >>> 22];
    if (table === undefined) {
      table = new Array<undefined>(1024).fill(undefined);
      this.#directory[at >>> 22] = table;
    }
    let page = table[(at >>> 12) & 0x3ff];
    if (page === undefined) {
      page = new Array<MicroOp | undefined>(4096).fill(undefined);
      table[(at >>> 12) & 0x3ff] = page;
    }
    page[at & 0xfff] = op;
    return op;
  }

  #decode(at: number): MicroOp {
    const { windowBase } = this.#space;
    const address = this.cpu.addressOf(at);
    if (this.#isGate(address)) return microOp(this.#decoder.instruction, windowBase, at, atGate);
    const bytes = this.#fetch(address);
    const status = this.#decoder.decode(bytes, 0);
    if (status === 'decoded') {
      const { instruction } = this.#decoder;
      return microOp(instruction, windowBase, at, executeOf(instruction.row));
    }
    this.ip = address;
    if (status === 'invalid') throw new FetchSignal('invalid-opcode');
    const fault = this.#space.probe(address, bytes.length + 1, 'execute');
    throw new FetchSignal(fault ?? { kind: 'fault', address, access: 'execute', lacked: 'region' });
  }

  /** As many bytes of code as an instruction may have, or as may be executed. */
  #fetch(address: number): Uint8Array {
    for (let length = LONGEST; length > 0; length--) {
      const bytes = this.#space.fetch(address, length);
      if (!isFault(bytes)) {
        this.cpu.refresh();
        return bytes;
      }
    }
    return new Uint8Array();
  }

  #leaveAt(op: MicroOp): void {
    this.ip = this.cpu.addressOf(op.address);
  }

  #exit(signal: X86Signal, op: MicroOp | undefined): X86Exit {
    if (op && !(signal instanceof FetchSignal)) this.#leaveAt(op);
    const { ip } = this;
    const { cause, vector } = signal;
    if (op?.execute === atGate && !(signal instanceof FetchSignal)) {
      this.cpu.budget++;
      return { kind: 'gate', ip };
    }
    if (cause === 'unsupported') return { kind: 'unsupported', ip, instruction: this.#text(ip) };
    if (typeof cause === 'string') return { kind: 'exception', ip, exception: cause, ...(vector !== undefined && { vector }) };
    return { kind: 'fault', ip, fault: cause };
  }

  #text(ip: number): string {
    this.#decoder.decode(this.#fetch(ip), 0);
    const { instruction } = this.#decoder;
    return `${mnemonicText(instruction)} ${operandsText(instruction, BigInt(ip))}`.trim();
  }
}

/** An instruction that could not even be read: `ip` is where it would be. */
class FetchSignal extends X86Signal {}
