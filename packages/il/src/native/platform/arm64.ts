/// <reference path="./capstone-wasm.d.ts" />
import { hex } from '@ijw/binary';
import type { Capstone } from 'capstone-wasm';
import { uint32At } from '../../body/little-endian.ts';
import { invalidInstruction, type NativeDecoder, type NativeFlow, type NativeInstruction } from './native-instruction.ts';

/** Arm Architecture Reference Manual, C4.1: what the bits of `mask` must be for an instruction to be one of these. */
const flows: readonly {
  readonly mask: number;
  readonly bits: number;
  readonly flow: NativeFlow;
  readonly distance?: readonly [number, number];
}[] = [
  { mask: 0xfc000000, bits: 0x14000000, flow: 'branch', distance: [0, 26] }, // B
  { mask: 0xfc000000, bits: 0x94000000, flow: 'call', distance: [0, 26] }, // BL
  { mask: 0xff000000, bits: 0x54000000, flow: 'condition', distance: [5, 19] }, // B.cond, BC.cond
  { mask: 0x7e000000, bits: 0x34000000, flow: 'condition', distance: [5, 19] }, // CBZ, CBNZ
  { mask: 0x7e000000, bits: 0x36000000, flow: 'condition', distance: [5, 14] }, // TBZ, TBNZ
  { mask: 0xfefff800, bits: 0xd61f0000, flow: 'indirectBranch' }, // BR, BRAA, BRAB
  { mask: 0xfefff800, bits: 0xd63f0000, flow: 'indirectCall' }, // BLR, BLRAA, BLRAB
  { mask: 0xfffff800, bits: 0xd65f0000, flow: 'return' }, // RET, RETAA, RETAB
  { mask: 0xffe0001f, bits: 0xd4200000, flow: 'stop' }, // BRK: `__fastfail` is BRK #0xf003
  { mask: 0xffff0000, bits: 0x00000000, flow: 'stop' }, // UDF
];

/** An address put together by ADRP and the LDR or ADD behind it is taken as one when they are this close, in bytes. */
const PAIR_DISTANCE = 16;
const PAGE = 0x1000;

interface PageAddress {
  readonly register: number;
  readonly page: number;
  readonly at: number;
}

const signed = (word: number, shift: number, bits: number): number => (word << (32 - shift - bits)) >> (32 - bits);

const is = (word: number, mask: number, bits: number): boolean => (word & mask) >>> 0 === bits >>> 0;

/** The distance of ADR and ADRP: 19 upper bits, 2 lower ones. */
const adrDistance = (word: number): number => signed(word, 5, 19) * 4 + ((word >>> 29) & 3);

class Arm64Decoder implements NativeDecoder {
  readonly alignment = 4;
  readonly #capstone: Capstone;
  readonly #imageBase: bigint;
  #page: PageAddress | undefined;

  constructor(capstone: Capstone, imageBase: bigint) {
    this.#capstone = capstone;
    this.#imageBase = imageBase;
  }

  decode(bytes: Uint8Array, at: number, rva: number): NativeInstruction {
    if (at + 4 > bytes.length || rva % 4 !== 0) return invalidInstruction(bytes, at, rva, 4 - (rva % 4));
    const word = uint32At(bytes, at);
    const text = this.#text(bytes.subarray(at, at + 4), rva);
    const known = flows.find(({ mask, bits }) => is(word, mask, bits));
    if (text === undefined && known === undefined) return invalidInstruction(bytes, at, rva, 4);
    const memory = this.#memory(word, rva);
    return {
      rva,
      size: 4,
      mnemonic: text?.mnemonic ?? 'udf',
      operands: text?.opStr ?? `#${hex(word & 0xffff)}`,
      flow: known?.flow ?? 'next',
      ...(known?.distance && { target: rva + signed(word, ...known.distance) * 4 }),
      ...(memory !== undefined && { memory }),
    };
  }

  /** Capstone throws at what it does not know. It is given one instruction, whose bytes it copies to a small stack. */
  #text(bytes: Uint8Array, rva: number): { readonly mnemonic: string; readonly opStr: string } | undefined {
    try {
      return this.#capstone.disasm(bytes, { address: this.#imageBase + BigInt(rva), count: 1 })[0];
    } catch {
      return undefined;
    }
  }

  #memory(word: number, rva: number): number | undefined {
    if (is(word, 0x9f000000, 0x10000000)) return rva + adrDistance(word); // ADR
    if (is(word, 0xbf000000, 0x18000000)) return rva + signed(word, 5, 19) * 4; // LDR (literal)
    if (is(word, 0x9f000000, 0x90000000)) {
      const page = Math.floor(rva / PAGE) * PAGE + adrDistance(word) * PAGE;
      this.#page = { register: word & 0x1f, page, at: rva }; // ADRP
      return undefined;
    }
    const pair = this.#page;
    if (pair === undefined || pair.register !== ((word >>> 5) & 0x1f) || rva <= pair.at || rva - pair.at > PAIR_DISTANCE) return undefined;
    const immediate = (word >>> 10) & 0xfff;
    if (is(word, 0xffc00000, 0x91000000)) return pair.page + immediate; // ADD (immediate)
    if (is(word, 0x3f400000, 0x39400000)) return pair.page + immediate * 2 ** (word >>> 30); // LDR (unsigned offset)
    return undefined;
  }
}

/** AArch64, by `capstone-wasm`, which takes a moment to load and is therefore not loaded before somebody asks. */
export async function loadArm64Decoder(imageBase: bigint): Promise<NativeDecoder> {
  const { Capstone, Const, loadCapstone } = await import('capstone-wasm');
  await loadCapstone();
  return new Arm64Decoder(new Capstone(Const.CS_ARCH_ARM64, Const.CS_MODE_LITTLE_ENDIAN), imageBase);
}
