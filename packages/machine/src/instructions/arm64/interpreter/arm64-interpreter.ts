import { isFault } from '../../../fault.ts';
import { atGate, FetchSignal, Interpreter, type InterpreterOptions } from '../../interpreter/interpreter.ts';
import { arm64Row } from '../encodings.ts';
import { arm64MnemonicText, arm64OperandsText } from '../text.ts';
import { Arm64Cpu } from './arm64-cpu.ts';
import { Arm64Operation } from './arm64-operation.ts';
import { arm64Operation } from './operations.ts';

const HIGH = 2 ** 32;
const NOP = 0xd503201f | 0;

/** Runs arm64 code of an address space. */
export class Arm64Interpreter extends Interpreter<Arm64Cpu, Arm64Operation> {
  constructor(options: InterpreterOptions) {
    super(new Arm64Cpu(options.space), options);
  }

  protected override prepareGate(at: number): Arm64Operation {
    const op = new Arm64Operation(NOP, at);
    op.execute = atGate;
    return op;
  }

  protected override prepare(address: number, at: number): Arm64Operation {
    this.ip = address;
    // Arm ARM D1.3.5.1: PC alignment.
    if (address % 4 !== 0) throw new FetchSignal('alignment');
    const code = this.space.fetch(address, 4);
    if (isFault(code)) throw new FetchSignal(code);
    this.cpu.refresh();
    const word = new DataView(code.buffer, code.byteOffset).getInt32(0, true);
    const row = arm64Row(word);
    if (row < 0) throw new FetchSignal('invalid-opcode');
    return arm64Operation(row, word, at, address | 0, Math.floor(address / HIGH));
  }

  protected override text(ip: number): string {
    const code = this.space.fetch(ip, 4);
    if (isFault(code)) return '';
    const word = new DataView(code.buffer, code.byteOffset).getInt32(0, true);
    const row = arm64Row(word);
    return row < 0 ? '' : `${arm64MnemonicText(row, word)} ${arm64OperandsText(row, word, BigInt(ip))}`.trim();
  }
}
