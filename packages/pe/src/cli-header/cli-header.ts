import type { DataDirectory } from '../headers/data-directory.ts';
import type { PEImage } from '../pe-image.ts';
import { structure } from '../structure.ts';

/** ECMA-335 II.25.3.3: IMAGE_COR20_HEADER. */
const cliHeaderLayout = structure({
  cb: 'u32',
  majorRuntimeVersion: 'u16',
  minorRuntimeVersion: 'u16',
  metaDataRva: 'u32',
  metaDataSize: 'u32',
  flags: 'u32',
  entryPointTokenOrRva: 'u32',
  resourcesRva: 'u32',
  resourcesSize: 'u32',
  strongNameSignatureRva: 'u32',
  strongNameSignatureSize: 'u32',
  codeManagerTableRva: 'u32',
  codeManagerTableSize: 'u32',
  vTableFixupsRva: 'u32',
  vTableFixupsSize: 'u32',
  exportAddressTableJumpsRva: 'u32',
  exportAddressTableJumpsSize: 'u32',
  managedNativeHeaderRva: 'u32',
  managedNativeHeaderSize: 'u32',
});

/** ECMA-335 II.25.3.3.1, with the flags that later runtimes added (corhdr.h). */
export const CorFlags = {
  ILONLY: 0x1,
  REQUIRED_32BIT: 0x2,
  IL_LIBRARY: 0x4,
  STRONGNAMESIGNED: 0x8,
  NATIVE_ENTRYPOINT: 0x10,
  TRACKDEBUGDATA: 0x10000,
  PREFERRED_32BIT: 0x20000,
} as const;

export interface CliHeader {
  /** In bytes; the CLR wants at least 72. */
  readonly cb: number;
  readonly majorRuntimeVersion: number;
  readonly minorRuntimeVersion: number;
  readonly metaData: DataDirectory;
  readonly flags: number;
  /** A MethodDef or File token; with NATIVE_ENTRYPOINT an RVA. */
  readonly entryPointTokenOrRva: number;
  readonly resources: DataDirectory;
  readonly strongNameSignature: DataDirectory;
  readonly codeManagerTable: DataDirectory;
  readonly vTableFixups: DataDirectory;
  readonly exportAddressTableJumps: DataDirectory;
  /** A ReadyToRun or NGEN header. */
  readonly managedNativeHeader: DataDirectory;
}

/** @throws BadImageError when the directory points at no 72 bytes */
export function readCliHeader(image: PEImage): CliHeader | undefined {
  const directory = image.directory('cliHeader');
  if (directory === undefined || directory.rva === 0) return undefined;
  const raw = cliHeaderLayout.read(image.readerAt(directory.rva, cliHeaderLayout.size, 'the CLI header'));
  return {
    cb: raw.cb,
    majorRuntimeVersion: raw.majorRuntimeVersion,
    minorRuntimeVersion: raw.minorRuntimeVersion,
    metaData: { rva: raw.metaDataRva, size: raw.metaDataSize },
    flags: raw.flags,
    entryPointTokenOrRva: raw.entryPointTokenOrRva,
    resources: { rva: raw.resourcesRva, size: raw.resourcesSize },
    strongNameSignature: { rva: raw.strongNameSignatureRva, size: raw.strongNameSignatureSize },
    codeManagerTable: { rva: raw.codeManagerTableRva, size: raw.codeManagerTableSize },
    vTableFixups: { rva: raw.vTableFixupsRva, size: raw.vTableFixupsSize },
    exportAddressTableJumps: { rva: raw.exportAddressTableJumpsRva, size: raw.exportAddressTableJumpsSize },
    managedNativeHeader: { rva: raw.managedNativeHeaderRva, size: raw.managedNativeHeaderSize },
  };
}
