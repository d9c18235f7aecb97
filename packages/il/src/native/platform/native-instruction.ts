import { hex } from '@ijw/binary';
/** The control flow after a machine instruction. */
export type NativeFlow =
  | 'next'
  | 'call'
  | 'indirectCall'
  /** To `target`, always. */
  | 'branch'
  /** To `target`, or to the next instruction. */
  | 'condition'
  | 'indirectBranch'
  | 'return'
  /** To no instruction: a trap, `int 29h`. */
  | 'stop'
  /** The bytes are not a valid instruction. */
  | 'invalid';

/** One machine instruction. Places are RVAs; the addresses in `operands` are absolute ones, for the preferred image base. */
export interface NativeInstruction {
  readonly rva: number;
  /** In bytes. */
  readonly size: number;
  readonly mnemonic: string;
  readonly operands: string;
  readonly flow: NativeFlow;
  /** Where a direct branch or call goes. */
  readonly target?: number;
  /** The operand in memory, where its address is known: absolute, relative to the instruction, or put together by the instruction before. */
  readonly memory?: number;
  /** A branch in its short form, which does not leave a function. */
  readonly isShort?: boolean;
  /** `memory` is the start of a table that an indirect branch takes its target from, and this is how its entries are to be read. */
  readonly table?: 'rva' | 'address';
}

/** Decodes one kind of machine code. */
export interface NativeDecoder {
  /** Instructions start at multiples of it. */
  readonly alignment: number;
  /** Decodes the instruction at `at` of `bytes`, which is at `rva` in the image. Never fails: see `invalid`. */
  decode(bytes: Uint8Array, at: number, rva: number): NativeInstruction;
}

/** The mnemonic of bytes that are not a valid instruction. */
export const invalidInstruction = (bytes: Uint8Array, at: number, rva: number, size: number): NativeInstruction => ({
  rva,
  size: Math.max(1, Math.min(size, bytes.length - at)),
  mnemonic: 'db',
  operands: Array.from(bytes.subarray(at, at + size), (byte) => hex(byte, 2)).join(', '),
  flow: 'invalid',
});

/** An absolute address as an RVA; `undefined` where it is in no image of this base. */
export function rvaOfAddress(address: bigint, imageBase: bigint): number | undefined {
  const rva = address - imageBase;
  return rva >= 0n && rva < 0x1_0000_0000n ? Number(rva) : undefined;
}
