import {
  type DecodedInstruction,
  isShortJump,
  jumpTarget,
  memoryAddress,
  mnemonicText,
  NO_REGISTER,
  operandsText,
  Segment,
  X86Decoder,
  x86Flow,
} from '@ijw/machine/instructions';
import { invalidInstruction, type NativeDecoder, type NativeInstruction, rvaOfAddress } from './native-instruction.ts';

interface X86Options {
  readonly is64Bit: boolean;
  readonly imageBase: bigint;
  /** The kind of the entries of a table for an indirect branch. */
  readonly tables: 'rva' | 'address';
}

/** x86 and x64 as functions of an image: addresses become RVAs. */
class X86ImageDecoder implements NativeDecoder {
  readonly alignment = 1;
  readonly #options: X86Options;
  readonly #decoder: X86Decoder;

  constructor(options: X86Options) {
    this.#options = options;
    this.#decoder = new X86Decoder(options.is64Bit);
  }

  decode(bytes: Uint8Array, at: number, rva: number): NativeInstruction {
    const { imageBase, tables } = this.#options;
    if (this.#decoder.decode(bytes, at) !== 'decoded') return invalidInstruction(bytes, at, rva, 1);
    const { instruction } = this.#decoder;
    const ip = imageBase + BigInt(rva);
    const target = jumpTarget(instruction, ip);
    const targetRva = target === undefined ? undefined : rvaOfAddress(target, imageBase);
    const memory = this.#memory(instruction, ip);
    return {
      rva,
      size: instruction.length,
      mnemonic: mnemonicText(instruction),
      operands: operandsText(instruction, ip),
      flow: this.#flow(instruction),
      ...(targetRva !== undefined && { target: targetRva }),
      ...(memory !== undefined && { memory }),
      ...(isShortJump(instruction) && { isShort: true }),
      ...(memory !== undefined && this.#isTable(instruction) && { table: tables }),
    };
  }

  #flow(instruction: DecodedInstruction): NativeInstruction['flow'] {
    const flow = x86Flow(instruction);
    return flow === 'interrupt' ? 'next' : flow;
  }

  #memory(instruction: DecodedInstruction, ip: bigint): number | undefined {
    const { imageBase, is64Bit } = this.#options;
    // Windows addresses the thread's own block by FS and GS: their places are not in the image.
    if (instruction.segment === Segment.fs || instruction.segment === Segment.gs) return undefined;
    if (this.#isTable(instruction)) {
      const table = BigInt.asUintN(is64Bit ? 64 : 32, BigInt(instruction.displacement));
      return rvaOfAddress(table, is64Bit ? 0n : imageBase);
    }
    const isAbsolute = is64Bit && instruction.base === NO_REGISTER;
    const address = isAbsolute ? undefined : memoryAddress(instruction, ip);
    return address === undefined ? undefined : rvaOfAddress(address, imageBase);
  }

  /** `[index*4 + table]`; on x64 `[base + index*4 + table]`, where the base register holds the image base. */
  #isTable({ isMemory, base, index, scale, displacement }: DecodedInstruction): boolean {
    if (!isMemory || index === NO_REGISTER || scale !== 4) return false;
    return this.#options.is64Bit ? base !== NO_REGISTER && displacement >>> 0 > 0xfff : base === NO_REGISTER;
  }
}

/** IA-32. Tables of a `switch` hold addresses. */
export const loadX86Decoder = async (imageBase: bigint): Promise<NativeDecoder> =>
  new X86ImageDecoder({ is64Bit: false, imageBase, tables: 'address' });

/** AMD64. Tables of a `switch` hold RVAs. */
export const loadX64Decoder = async (imageBase: bigint): Promise<NativeDecoder> =>
  new X86ImageDecoder({ is64Bit: true, imageBase, tables: 'rva' });
