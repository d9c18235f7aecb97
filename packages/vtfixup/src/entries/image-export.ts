import type { Diagnostics } from '@ijw/binary';
import type { PEImage } from '@ijw/pe';
import { readExportDirectory } from '@ijw/pe/exports';
import type { ImageCode } from '../code/code-region.ts';
import type { Platform } from '../platform/platform.ts';
import { decodeStub, type PointerMeaning, type Stub } from '../transfers/stub.ts';

/** An exported name or ordinal, and where it leads. */
export interface ImageExport {
  /** Absent for one that is exported by ordinal only. */
  readonly name?: string;
  readonly ordinal: number;
  readonly rva: number;
  /** From the export to code, a slot or another module; absent for data, which cannot be a jump target. */
  readonly stub?: Stub;
}

/** `name`, or `#ordinal` for one without. */
export const exportText = ({ name, ordinal }: Pick<ImageExport, 'name' | 'ordinal'>): string => name ?? `#${ordinal}`;

/** Every export with an address, decoded; forwarders lead out of the image and are not among them. */
export function readImageExports(
  image: PEImage,
  code: ImageCode,
  platform: Platform | undefined,
  meaning: PointerMeaning,
  diagnostics: Diagnostics,
): readonly ImageExport[] {
  const directory = diagnostics.attempt(() => readExportDirectory(image));
  const exports: ImageExport[] = [];
  for (const { name, ordinal, rva } of directory?.symbols ?? []) {
    if (rva === undefined) continue;
    const stub = platform && decodeStub(code, platform, rva, meaning);
    const isCode = stub !== undefined && (code.isExecutable(rva) || stub.target.kind === 'slot');
    exports.push({ ...(name !== undefined && { name }), ordinal, rva, ...(isCode && { stub }) });
  }
  return exports;
}
