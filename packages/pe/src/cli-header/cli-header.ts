import { ByteWriter, lazyFor } from '@ijw/binary';
import type { ImagePart, ImagePlan } from '../builder/image-plan.ts';
import * as parsers from '../generated/structure-parsers.ts';
import type { DataDirectory } from '../headers/data-directory.ts';
import type { PEImage } from '../pe-image.ts';
import { type StructureOf, structure } from '../structure.ts';

/** ECMA-335 II.25.3.3 "CLI header"; IMAGE_COR20_HEADER of corhdr.h. */
export const cliHeaderLayout = structure(
  {
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
  },
  parsers.cliHeader,
);

export const CLI_HEADER_SIZE = cliHeaderLayout.size;

const directoryFields = [
  'metaData',
  'resources',
  'strongNameSignature',
  'codeManagerTable',
  'vTableFixups',
  'exportAddressTableJumps',
  'managedNativeHeader',
] as const;

export type CliDirectoryName = (typeof directoryFields)[number];

/** A directory that is not there has RVA and size 0. */
export type CliHeader = Readonly<Record<CliDirectoryName, DataDirectory>> & {
  readonly cb: number;
  readonly majorRuntimeVersion: number;
  readonly minorRuntimeVersion: number;
  readonly flags: number;
  /** A MethodDef or File token, or an RVA where `CorFlags.NATIVE_ENTRYPOINT` is set. */
  readonly entryPointTokenOrRva: number;
};

/** ECMA-335 II.25.3.3.1 "Runtime flags" and COMIMAGE_FLAGS_* of corhdr.h. */
export const CorFlags = {
  ILONLY: 0x00000001,
  REQUIRED_32BIT: 0x00000002,
  IL_LIBRARY: 0x00000004,
  STRONGNAMESIGNED: 0x00000008,
  NATIVE_ENTRYPOINT: 0x00000010,
  TRACKDEBUGDATA: 0x00010000,
  PREFERRED_32BIT: 0x00020000,
} as const;

type RawCliHeader = StructureOf<typeof cliHeaderLayout>;

const directoryOf = (raw: RawCliHeader, name: CliDirectoryName): DataDirectory => ({ rva: raw[`${name}Rva`], size: raw[`${name}Size`] });

/** The CLI header; `undefined` when the image has none. A size that is too small is recorded in the image's diagnostics. Throws `BadImageError`. */
export const readCliHeader = lazyFor((image: PEImage): CliHeader | undefined => {
  const directory = image.directory('cliHeader');
  if (directory === undefined || directory.rva === 0) return undefined;
  const raw = cliHeaderLayout.read(image.readerAt(directory.rva, CLI_HEADER_SIZE, 'the CLI header'));
  if (raw.cb < CLI_HEADER_SIZE) reportSize(image, directory.rva, raw.cb);
  const directories = Object.fromEntries(directoryFields.map((name) => [name, directoryOf(raw, name)]));
  return {
    cb: raw.cb,
    majorRuntimeVersion: raw.majorRuntimeVersion,
    minorRuntimeVersion: raw.minorRuntimeVersion,
    flags: raw.flags,
    entryPointTokenOrRva: raw.entryPointTokenOrRva,
    ...(directories as Record<CliDirectoryName, DataDirectory>),
  };
});

/** Mono does not look at the size, and packers for it write others; CoreCLR refuses the image. */
function reportSize(image: PEImage, rva: number, cb: number): void {
  image.diagnostics.report({
    code: 'BAD_CLI_HEADER_SIZE',
    severity: 'error',
    offset: image.rvaToOffset(rva) ?? 0,
    rva,
    reading: 'the CLI header',
    message: `The header says it has ${cb} bytes, ${CLI_HEADER_SIZE} are needed`,
  });
}

/** The input of a writer; the defaults are 72 bytes, runtime 2.5 and no directory. */
export type CliHeaderInput = Partial<CliHeader>;

export function writeCliHeader(writer: ByteWriter, input: CliHeaderInput): void {
  const raw: Record<string, number> = {
    cb: input.cb ?? CLI_HEADER_SIZE,
    majorRuntimeVersion: input.majorRuntimeVersion ?? 2,
    minorRuntimeVersion: input.minorRuntimeVersion ?? 5,
    flags: input.flags ?? 0,
    entryPointTokenOrRva: input.entryPointTokenOrRva ?? 0,
  };
  for (const name of directoryFields) {
    raw[`${name}Rva`] = input[name]?.rva ?? 0;
    raw[`${name}Size`] = input[name]?.size ?? 0;
  }
  cliHeaderLayout.write(writer, raw as RawCliHeader);
}

/** The CLI header as a part; the input may be made of addresses. */
export const cliHeaderPart = (input: CliHeaderInput | ((plan: ImagePlan) => CliHeaderInput)): ImagePart => ({
  size: CLI_HEADER_SIZE,
  write(plan) {
    const writer = new ByteWriter();
    writeCliHeader(writer, typeof input === 'function' ? input(plan) : input);
    return writer.toBytes();
  },
});
