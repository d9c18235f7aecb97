import { UnsupportedError } from '@ijw/binary';
import { loadArm64Decoder } from './arm64.ts';
import type { NativeDecoder } from './native-instruction.ts';
import { loadX64Decoder, loadX86Decoder } from './x86.ts';

/** By the names of `PEImage.machine`. */
const loaders: Readonly<Record<string, (imageBase: bigint) => Promise<NativeDecoder>>> = {
  i386: loadX86Decoder,
  amd64: loadX64Decoder,
  arm64: loadArm64Decoder,
};

/** Whether native code of the machine can be disassembled. */
export const canDecodeNative = (machine: string): boolean => Object.hasOwn(loaders, machine);

/** The decoder for a machine. Throws `UnsupportedError` for a machine without a decoder. */
export async function loadNativeDecoder(machine: string, imageBase: bigint): Promise<NativeDecoder> {
  const load = canDecodeNative(machine) ? loaders[machine] : undefined;
  if (load === undefined) throw new UnsupportedError(`No disassembler for the machine ${machine}`);
  return load(imageBase);
}
