import { loadIcedDecoder } from '../iced-decoder.ts';
import type { NativeDecoder } from '../native-instruction.ts';

/** AMD64. Tables of a `switch` hold RVAs. */
export const loadX64Decoder = (imageBase: bigint): Promise<NativeDecoder> => loadIcedDecoder({ bitness: 64, imageBase, tables: 'rva' });
