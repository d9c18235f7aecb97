import type { AddressSpace } from '../../address-space.ts';
import type { ProcessorCore } from './processor-core.ts';
import { type ProcessorExit, ProcessorSignal } from './processor-exit.ts';

const HIGH = 2 ** 32;

/** An instruction, prepared to be executed on a core. */
export interface PreparedInstruction<Core, Op> {
  readonly execute: (core: Core, op: Op) => unknown;
  /** Offset in the window, and that of the instruction behind it. */
  readonly address: number;
  readonly following: number;
  /** The operation behind this one and the one that the last jump led to, once they are known. */
  behind: Op | undefined;
  target: Op | undefined;
}

export interface InterpreterOptions {
  readonly space: AddressSpace;
  /** Whether an address belongs to the host: code that reaches it leaves the run. */
  readonly isGate?: (address: number) => boolean;
}

/** Stands for a gate: leaves before anything happens. */
export const atGate = (): never => {
  throw new ProcessorSignal('interrupt');
};

/** An instruction that could not even be read: `ip` is where it would be. */
export class FetchSignal extends ProcessorSignal {}

/**
 * Runs code of an address space: exactly as many instructions as the budget allows, with every register as the processor would have it where the run ends. An
 * instruction is prepared once and kept until executable memory changes.
 */
export abstract class Interpreter<Core extends ProcessorCore, Op extends PreparedInstruction<Core, Op>> {
  readonly cpu: Core;
  protected readonly space: AddressSpace;
  readonly #isGate: (address: number) => boolean;
  /** Prepared instructions: by the upper ten bits of their place in the window, the next ten, then by their place in the page. */
  #directory: ((Op | undefined)[] | undefined)[][] = [];
  #codeVersion = 0;

  constructor(cpu: Core, { space, isGate = () => false }: InterpreterOptions) {
    this.cpu = cpu;
    this.space = space;
    this.#isGate = isGate;
  }

  /** The instruction at an address, whose offset in the window is `at`. @throws FetchSignal */
  protected abstract prepare(address: number, at: number): Op;
  /** An operation that executes `atGate`. */
  protected abstract prepareGate(at: number): Op;
  /** The text of an instruction that is not run here. */
  protected abstract text(ip: number): string;

  /** The address of the next instruction. */
  get ip(): number {
    return this.cpu.ip;
  }

  set ip(address: number) {
    this.cpu.ip = address;
  }

  /** Runs at most `budget` instructions, or repetitions of string instructions. */
  run(budget: number): ProcessorExit {
    const { cpu } = this;
    if (this.#codeVersion !== this.space.codeVersion) {
      this.#directory = [];
      this.#codeVersion = this.space.codeVersion;
    }
    cpu.refresh();
    cpu.started += budget - cpu.budget;
    cpu.budget = budget;
    cpu.isTaken = false;
    return this.#loop();
  }

  #loop(): ProcessorExit {
    const { cpu } = this;
    let op: Op | undefined;
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
      if (!(signal instanceof ProcessorSignal)) throw signal;
      cpu.isTaken = false;
      return this.#exit(signal, op);
    }
  }

  /** The budget is used: the next instruction is not decoded yet. */
  #spent(op: Op): ProcessorExit {
    const { cpu } = this;
    if (!cpu.isTaken) this.ip = cpu.addressOf(op.following);
    else this.ip = cpu.isFar ? this.#farAddress : cpu.addressOf(cpu.next);
    cpu.isTaken = false;
    return { kind: 'budget', ip: this.ip };
  }

  get #farAddress(): number {
    return (this.cpu.next >>> 0) + (this.cpu.nextHigh >>> 0) * HIGH;
  }

  #follow(op: Op): Op {
    const behind = this.#at(op.following);
    op.behind = behind;
    return behind;
  }

  /** The operation that a jump of `from` leads to: the last one is kept with it. */
  #jumped(from: Op): Op {
    const { cpu } = this;
    if (cpu.isFar) return this.#enter(this.#farAddress);
    const { target } = from;
    if (target !== undefined && target.address === cpu.next) return target;
    const op = this.#at(cpu.next);
    from.target = op;
    return op;
  }

  /** The operation at any address. What cannot be fetched there leaves with `ip` at the address. */
  #enter(address: number): Op {
    const { space } = this.cpu;
    this.ip = address;
    const distance = address - space.windowBase;
    const at = distance < 0 && !this.cpu.is64Bit ? distance + HIGH : distance;
    if (at < 0 || at >= HIGH) throw new FetchSignal({ kind: 'fault', address, access: 'execute', lacked: 'region' });
    return this.#at(at);
  }

  #at(at: number): Op {
    const op = this.#directory[at >>> 22]?.[(at >>> 12) & 0x3ff]?.[at & 0xfff];
    return op ?? this.#keep(at);
  }

  #keep(at: number): Op {
    const address = this.cpu.addressOf(at);
    const op = this.#isGate(address) ? this.prepareGate(at) : this.prepare(address, at);
    let table = this.#directory[at >>> 22];
    if (table === undefined) {
      table = new Array<undefined>(1024).fill(undefined);
      this.#directory[at >>> 22] = table;
    }
    let page = table[(at >>> 12) & 0x3ff];
    if (page === undefined) {
      page = new Array<Op | undefined>(4096).fill(undefined);
      table[(at >>> 12) & 0x3ff] = page;
    }
    page[at & 0xfff] = op;
    return op;
  }

  #exit(signal: ProcessorSignal, op: Op | undefined): ProcessorExit {
    const isFetch = signal instanceof FetchSignal;
    if (op && !isFetch) this.ip = this.cpu.addressOf(op.address);
    const { ip } = this;
    const { cause, vector } = signal;
    if (op?.execute === atGate && !isFetch) {
      this.cpu.budget++;
      return { kind: 'gate', ip };
    }
    if (cause === 'unsupported') return { kind: 'unsupported', ip, instruction: this.text(ip) };
    if (typeof cause === 'string') return { kind: 'exception', ip, exception: cause, ...(vector !== undefined && { vector }) };
    return { kind: 'fault', ip, fault: cause };
  }
}
