import { isFault } from '../../../fault.ts';
import { atGate, FetchSignal, Interpreter, type InterpreterOptions } from '../../interpreter/interpreter.ts';
import { X86Decoder } from '../decoder.ts';
import { mnemonicText, operandsText } from '../text.ts';
import { type MicroOp, microOp } from './micro-op.ts';
import { executeOf } from './operations.ts';
import { X86Cpu } from './x86-cpu.ts';

const LONGEST = 15;

export interface X86InterpreterOptions extends InterpreterOptions {
  readonly is64Bit: boolean;
}

/** Runs x86 or x64 code of an address space. */
export class X86Interpreter extends Interpreter<X86Cpu, MicroOp> {
  readonly #decoder: X86Decoder;

  constructor(options: X86InterpreterOptions) {
    super(new X86Cpu(options.space, options.is64Bit), options);
    this.#decoder = new X86Decoder(options.is64Bit);
  }

  protected override prepareGate(at: number): MicroOp {
    return microOp(this.#decoder.instruction, this.space.windowBase, at, atGate);
  }

  protected override prepare(address: number, at: number): MicroOp {
    const bytes = this.#fetch(address);
    const status = this.#decoder.decode(bytes, 0);
    if (status === 'decoded') {
      const { instruction } = this.#decoder;
      return microOp(instruction, this.space.windowBase, at, executeOf(instruction.row));
    }
    this.ip = address;
    if (status === 'invalid') throw new FetchSignal('invalid-opcode');
    const fault = this.space.probe(address, bytes.length + 1, 'execute');
    throw new FetchSignal(fault ?? { kind: 'fault', address, access: 'execute', lacked: 'region' });
  }

  /** As many bytes of code as an instruction may have, or as may be executed. */
  #fetch(address: number): Uint8Array {
    for (let length = LONGEST; length > 0; length--) {
      const bytes = this.space.fetch(address, length);
      if (!isFault(bytes)) {
        this.cpu.refresh();
        return bytes;
      }
    }
    return new Uint8Array();
  }

  protected override text(ip: number): string {
    this.#decoder.decode(this.#fetch(ip), 0);
    const { instruction } = this.#decoder;
    return `${mnemonicText(instruction)} ${operandsText(instruction, BigInt(ip))}`.trim();
  }
}
