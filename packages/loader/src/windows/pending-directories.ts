import type { PEImage } from '@ijw/pe';
export const readBoundImportDirectory = (_i: PEImage): { modules: { name: string; timeDateStamp: number }[] } | undefined => undefined;
export const readDelayImportDirectory = (
  _i: PEImage,
): { modules: { name: string; symbols: { name?: string; ordinal?: number; hint?: number; iatRva: number }[] }[] } | undefined => undefined;
export const readTlsDirectory = (
  _i: PEImage,
):
  | {
      startAddressOfRawData: bigint;
      endAddressOfRawData: bigint;
      addressOfIndex: bigint;
      addressOfCallBacks: bigint;
      sizeOfZeroFill: number;
    }
  | undefined => undefined;
export const readLoadConfig = (_i: PEImage): { securityCookie?: bigint } | undefined => undefined;
