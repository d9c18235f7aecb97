import { loadIcedDecoder } from '../iced-decoder.ts';
import type { NativeDecoder } from '../native-instruction.ts';

/** IA-32. Tables of a `switch` hold addresses. */
export const loadX86Decoder = (imageBase: bigint): Promise<NativeDecoder> => loadIcedDecoder({ bitness: 32, imageBase, tables: 'address' });
