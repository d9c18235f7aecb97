import {
  type Arm64AddressUse,
  arm64AddressUse,
  arm64BranchDistance,
  arm64Flow,
  arm64MnemonicText,
  arm64OperandsText,
  arm64Row,
} from '@ijw/machine/instructions';
import { uint32At } from '../../body/little-endian.ts';
import { invalidInstruction, type NativeDecoder, type NativeInstruction } from './native-instruction.ts';

/** An address put together by ADRP and the LDR or ADD behind it is taken as one when they are this close, in bytes. */
const PAIR_DISTANCE = 16;
const PAGE = 0x1000;

interface PageAddress {
  readonly register: number;
  readonly page: number;
  readonly at: number;
}

/** AArch64 as functions of an image: addresses become RVAs. */
class Arm64ImageDecoder implements NativeDecoder {
  readonly alignment = 4;
  readonly #imageBase: bigint;
  #page: PageAddress | undefined;

  constructor(imageBase: bigint) {
    this.#imageBase = imageBase;
  }

  decode(bytes: Uint8Array, at: number, rva: number): NativeInstruction {
    if (at + 4 > bytes.length || rva % 4 !== 0) return invalidInstruction(bytes, at, rva, 4 - (rva % 4));
    const word = uint32At(bytes, at) | 0;
    const row = arm64Row(word);
    if (row < 0) return invalidInstruction(bytes, at, rva, 4);
    const flow = arm64Flow(row);
    const distance = arm64BranchDistance(row, word);
    const use = arm64AddressUse(row, word);
    const memory = use === undefined ? undefined : this.#memory(use, rva);
    return {
      rva,
      size: 4,
      mnemonic: arm64MnemonicText(row, word),
      operands: arm64OperandsText(row, word, this.#imageBase + BigInt(rva)),
      flow: flow === 'interrupt' ? 'next' : flow,
      ...(distance !== undefined && { target: rva + distance }),
      ...(memory !== undefined && { memory }),
    };
  }

  #memory(use: Arm64AddressUse, rva: number): number | undefined {
    if (use.kind === 'address' || use.kind === 'literal') return rva + use.distance;
    if (use.kind === 'page') {
      this.#page = { register: use.register, page: rva - (rva % PAGE) + use.distance, at: rva };
      return undefined;
    }
    const pair = this.#page;
    if (pair === undefined || pair.register !== use.base || rva <= pair.at || rva - pair.at > PAIR_DISTANCE) return undefined;
    return pair.page + use.offset;
  }
}

/** AArch64. */
export const loadArm64Decoder = async (imageBase: bigint): Promise<NativeDecoder> => new Arm64ImageDecoder(imageBase);
