import type { NativeDecoder } from '../native-instruction.ts';
import { createX86Decoder } from '../x86-decoder.ts';

/** IA-32. Tables of a `switch` hold addresses. */
export const loadX86Decoder = async (imageBase: bigint): Promise<NativeDecoder> =>
  createX86Decoder({ is64Bit: false, imageBase, tables: 'address' });
