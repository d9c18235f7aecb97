import { hexDigits } from '@ijw/binary';
import { NativeType } from '@ijw/metadata/marshalling';

/** The native types that one word says, and that ilasm writes as the one byte they are. */
const WORDS: ReadonlyMap<number, string> = new Map([
  [NativeType.boolean, 'bool'],
  [NativeType.i1, 'int8'],
  [NativeType.u1, 'uint8'],
  [NativeType.i2, 'int16'],
  [NativeType.u2, 'uint16'],
  [NativeType.i4, 'int32'],
  [NativeType.u4, 'uint32'],
  [NativeType.i8, 'int64'],
  [NativeType.u8, 'uint64'],
  [NativeType.r4, 'float32'],
  [NativeType.r8, 'float64'],
  [NativeType.currency, 'currency'],
  [NativeType.bstr, 'bstr'],
  [NativeType.lpStr, 'lpstr'],
  [NativeType.lpWStr, 'lpwstr'],
  [NativeType.lpTStr, 'lptstr'],
  [NativeType.struct, 'struct'],
  [NativeType.int, 'int'],
  [NativeType.uint, 'uint'],
  [NativeType.byValStr, 'byvalstr'],
  [NativeType.ansiBstr, 'ansi bstr'],
  [NativeType.tBstr, 'tbstr'],
  [NativeType.variantBool, 'variant bool'],
  [NativeType.func, 'method'],
  [NativeType.asAny, 'as any'],
  [NativeType.lpStruct, 'lpstruct'],
  [NativeType.error, 'error'],
]);

const byteText = (byte: number): string => hexDigits(byte, 2).toUpperCase();

/** `marshal(…)`: a word if it expresses the whole blob, else the blob itself, which ilasm accepts too. */
export function marshalText(bytes: Uint8Array): string {
  const word = bytes.length === 1 ? WORDS.get(bytes[0]!) : undefined;
  return word === undefined ? `marshal({ ${Array.from(bytes, byteText).join(' ')} })` : `marshal(${word})`;
}
