import type { NativeDecoder } from '../native-instruction.ts';
import { createX86Decoder } from '../x86-decoder.ts';

/** AMD64. Tables of a `switch` hold RVAs. */
export const loadX64Decoder = async (imageBase: bigint): Promise<NativeDecoder> =>
  createX86Decoder({ is64Bit: true, imageBase, tables: 'rva' });
