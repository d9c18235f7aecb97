import { createRequire } from 'node:module';
import type { Decoder, Instruction } from 'iced-x86';

/** What iced-x86 says about bytes, with the options that the text here follows. */
export interface IcedAnswer {
  /** 0 where it is not an instruction. */
  readonly length: number;
  readonly text: string;
  /** iced's name of the encoding. */
  readonly code: string;
}

const iced: typeof import('iced-x86') = createRequire(`${process.cwd()}/package.json`)('iced-x86');

function createFormatter(): InstanceType<typeof iced.Formatter> {
  const formatter = new iced.Formatter(iced.FormatterSyntax.Intel);
  formatter.hexPrefix = '0x';
  formatter.hexSuffix = '';
  formatter.uppercaseHex = false;
  formatter.showBranchSize = false;
  formatter.branchLeadingZeros = false;
  formatter.spaceAfterOperandSeparator = true;
  return formatter;
}

/** Decodes one run of bytes, whose first is at address `base`. */
export class IcedOracle {
  readonly #decoder: Decoder;
  readonly #base: bigint;
  readonly #instruction: Instruction = new iced.Instruction();
  readonly #formatter = createFormatter();

  constructor(bytes: Uint8Array, is64Bit: boolean, base: bigint) {
    this.#decoder = new iced.Decoder(is64Bit ? 64 : 32, bytes, iced.DecoderOptions.None);
    this.#base = base;
  }

  at(offset: number): IcedAnswer {
    this.#decoder.position = offset;
    this.#decoder.ip = this.#base + BigInt(offset);
    this.#decoder.decodeOut(this.#instruction);
    if (this.#instruction.isInvalid) return { length: 0, text: '(bad)', code: 'INVALID' };
    const text = `${this.#formatter.formatMnemonic(this.#instruction)} ${this.#formatter.formatAllOperands(this.#instruction)}`.trim();
    return { length: this.#instruction.length, text, code: iced.Code[this.#instruction.code] ?? '' };
  }

  free(): void {
    this.#decoder.free();
    this.#instruction.free();
    this.#formatter.free();
  }
}
