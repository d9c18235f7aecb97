// PE/COFF "AddressOfEntryPoint"; ECMA-335 II.25.3.3.2, EntryPointToken, which NATIVE_ENTRYPOINT makes an RVA.

import { type CliHeader, CorFlags, type PEImage } from '@ijw/pe';
import type { Stub } from '../transfers/stub.ts';

/** Where the operating system and the runtime enter an image. */
export interface EntryPoints {
  /** AddressOfEntryPoint: in a mixed image `jmp [_CorDllMain]`. */
  readonly image?: Stub;
  /** The native entry point of the CLI header, which the runtime's host calls from its own. */
  readonly native?: Stub;
  /** The managed entry point of the CLI header: a MethodDef or File token. */
  readonly token?: number;
}

/** @param stubAt follows jumps from an address, where the machine's code can be read */
export function readEntryPoints(image: PEImage, header: CliHeader | undefined, stubAt: (rva: number) => Stub | undefined): EntryPoints {
  const entry = image.optionalHeader.addressOfEntryPoint;
  const value = header?.entryPointTokenOrRva ?? 0;
  const isNative = ((header?.flags ?? 0) & CorFlags.NATIVE_ENTRYPOINT) !== 0;
  const imageStub = entry === 0 ? undefined : stubAt(entry);
  const nativeStub = value !== 0 && isNative ? stubAt(value) : undefined;
  return {
    ...(imageStub && { image: imageStub }),
    ...(nativeStub && { native: nativeStub }),
    ...(value !== 0 && !isNative && { token: value }),
  };
}
