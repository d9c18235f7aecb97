/** The part of capstone-wasm 1.0.3 that `platform/arm64.ts` uses. Its own declarations are not reachable through its `exports` map. */
declare module 'capstone-wasm' {
  export interface Insn {
    readonly size: number;
    readonly mnemonic: string;
    readonly opStr: string;
  }
  export class Capstone {
    constructor(architecture: number, mode: number);
    /** Throws where the bytes start no instruction. */
    disasm(bytes: Uint8Array, options: { readonly address: bigint; readonly count: number }): Insn[];
  }
  /** To be awaited before anything else is used. */
  export function loadCapstone(): Promise<void>;
  export const Const: { readonly CS_ARCH_ARM64: number; readonly CS_MODE_LITTLE_ENDIAN: number };
}
