import { hex } from '@ijw/binary';

/** An unconditional jump, or a few instructions with the same effect. */
export type Jump =
  /** To an address that the instruction names. */
  | { readonly kind: 'direct'; readonly rva: number; readonly length: number; readonly target: number; readonly text: string }
  /** To the address that is stored at `pointer`. */
  | { readonly kind: 'indirect'; readonly rva: number; readonly length: number; readonly pointer: number; readonly text: string }
  /** What a delay-loaded function's stub does the first time: it names the pointer to fill and goes to the module's tail merge. */
  | {
      readonly kind: 'delayLoad';
      readonly rva: number;
      readonly length: number;
      readonly pointer: number;
      readonly target: number;
      readonly text: string;
    };

/** The text of a stub with its operands. */
export function jumpText(text: string, pointer: number | undefined, target: number | undefined): string {
  return text.replace('%slot', hex(pointer ?? 0)).replace('%target', hex(target ?? 0));
}

/** How native code reaches an address. */
export type TransferKind = 'call' | 'jump' | 'address';

/** What a scan of native code found at `rva`: an instruction that calls, jumps to or takes the address `target`. */
export interface Transfer {
  readonly kind: TransferKind;
  readonly rva: number;
  readonly target: number;
}

/** A call through a pointer in memory: `call [pointer]`. */
export interface IndirectCall {
  readonly rva: number;
  readonly pointer: number;
}

/** An RVA as 32-bit arithmetic gives it: an address before the image wraps around. */
export const wrapRva = (rva: number): number => rva >>> 0;

/** The RVA of an absolute address; `undefined` for one that is not within 4 GB above the image's base. */
export function rvaOfAddress(address: bigint, imageBase: bigint): number | undefined {
  const rva = address - imageBase;
  return rva >= 0n && rva < 0x1_0000_0000n ? Number(rva) : undefined;
}
