// PE/COFF "AddressOfEntryPoint"; ECMA-335 II.25.3.3.2, EntryPointToken, which NATIVE_ENTRYPOINT makes an RVA.

import { CorFlags, type PEImage, readCliHeader } from '@ijw/pe';
import type { ImageCode } from '../code/code-region.ts';
import { decodeStub, type PointerMeaning, type Stub } from '../code/stub.ts';
import type { Platform } from '../platform/platform.ts';

/** Where the operating system and the runtime enter an image. */
export interface EntryPoints {
  /** AddressOfEntryPoint: in a mixed image `jmp [_CorDllMain]`. */
  readonly image?: Stub;
  /** The native entry point of the CLI header, which the runtime's host calls from its own. */
  readonly native?: Stub;
  /** The managed entry point of the CLI header: a MethodDef or File token. */
  readonly token?: number;
}

/** @throws BadImageError when the CLI header cannot be read */
export function readEntryPoints(image: PEImage, code: ImageCode, platform: Platform | undefined, meaning: PointerMeaning): EntryPoints {
  const entry = image.optionalHeader.addressOfEntryPoint;
  const header = readCliHeader(image);
  const value = header?.entryPointTokenOrRva ?? 0;
  const isNative = ((header?.flags ?? 0) & CorFlags.NATIVE_ENTRYPOINT) !== 0;
  return {
    ...(entry !== 0 && platform && { image: decodeStub(code, platform, entry, meaning) }),
    ...(value !== 0 && isNative && platform && { native: decodeStub(code, platform, value, meaning) }),
    ...(value !== 0 && !isNative && { token: value }),
  };
}
